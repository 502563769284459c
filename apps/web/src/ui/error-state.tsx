import { Button } from '@mantine/core'
import { IconAlertTriangle, IconLock, IconMapSearch, IconWifiOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { ApiError } from '../api/api-error.ts'
import { CopyTextButton } from './copy-button.tsx'
import { stateMessages } from './messages.ts'
import { PageState } from './page-state.tsx'

/**
 * Says what failed, in the server's sentence, with the request id and a way to try again; what one may not see or what
 * is gone also leads out, except in a part of a page, such as a dialog, that has a way out of its own.
 */
export function ErrorState({
  error,
  onRetry,
  isPart = false,
}: {
  error: unknown
  onRetry?: () => void
  isPart?: boolean
}) {
  const isOffline = error instanceof ApiError && error.code === 'offline'
  useEffect(() => {
    if (!isOffline || !onRetry) return
    window.addEventListener('online', onRetry)
    return () => window.removeEventListener('online', onRetry)
  }, [isOffline, onRetry])

  const retry = onRetry && (
    <Button variant="default" onClick={onRetry}>
      {stateMessages.retry}
    </Button>
  )
  if (!(error instanceof ApiError)) {
    return (
      <PageState role="alert" icon={<IconAlertTriangle size={20} />} title={stateMessages.errorTitle} actions={retry}>
        {stateMessages.unknownError}
      </PageState>
    )
  }
  const { icon, title, text } = describeFailure(error)
  const isOutOfReach = error.status === 403 || error.status === 404
  return (
    <PageState
      role="alert"
      icon={icon}
      title={title}
      detail={describeId(error)}
      actions={
        <>
          {retry}
          {error.decisionId && <CopyTextButton value={error.decisionId} label={stateMessages.copyDecision} />}
          {isOutOfReach && !isPart && (
            <Button renderRoot={(props) => <Link to="/maps" {...props} />}>{stateMessages.toMaps}</Button>
          )}
        </>
      }
    >
      {text}
      {error.hint && <> {error.hint}</>}
      {error.decisionId && <> {stateMessages.decisionHelp}</>}
    </PageState>
  )
}

/** Of a refusal the decision, which says more than the request. */
function describeId({ decisionId, requestId }: ApiError): string | undefined {
  if (decisionId) return stateMessages.decisionId(decisionId)
  return requestId ? stateMessages.requestId(requestId) : undefined
}

function describeFailure(error: ApiError) {
  if (error.code === 'offline') {
    return { icon: <IconWifiOff size={20} />, title: stateMessages.offlineTitle, text: stateMessages.offlineText }
  }
  if (error.status === 403) {
    return { icon: <IconLock size={20} />, title: stateMessages.forbiddenTitle, text: error.message }
  }
  if (error.status === 404) {
    return { icon: <IconMapSearch size={20} />, title: stateMessages.missingTitle, text: error.message }
  }
  return { icon: <IconAlertTriangle size={20} />, title: stateMessages.errorTitle, text: error.message }
}
