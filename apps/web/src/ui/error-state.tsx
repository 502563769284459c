import { Button } from '@mantine/core'
import { IconAlertTriangle, IconLock, IconMapSearch, IconWifiOff } from '@tabler/icons-react'
import { useEffect } from 'react'
import { ApiError } from '../api/api-error.ts'
import { stateMessages } from './messages.ts'
import { PageState } from './page-state.tsx'

/** Says what failed, in the server's sentence, with the request id and a way to try again. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
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
  return (
    <PageState
      role="alert"
      icon={icon}
      title={title}
      detail={error.requestId ? stateMessages.requestId(error.requestId) : undefined}
      actions={error.status === 403 || error.status === 404 ? undefined : retry}
    >
      {text}
      {error.hint && <> {error.hint}</>}
    </PageState>
  )
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
