import { Alert, Group, Text } from '@mantine/core'
import { IconAlertCircle } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { ApiError } from '../api/api-error.ts'
import { CopyIconButton } from './copy-button.tsx'
import { stateMessages } from './messages.ts'

/** Why a form could not be sent, shown inside the form and announced at once. Renders nothing without an error. */
export function FormError({ error, title }: { error: unknown; title?: string }) {
  const alert = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // In a long form the reason may stand below the fold.
    if (error) alert.current?.scrollIntoView({ block: 'nearest' })
  }, [error])
  if (!error) return null
  const message = error instanceof ApiError ? error.message : stateMessages.unknownError
  return (
    <Alert ref={alert} role="alert" color="red" icon={<IconAlertCircle size={16} />} title={title} py={8} px={12}>
      {message}
      {error instanceof ApiError && error.hint && <Text size="sm">{error.hint}</Text>}
      {error instanceof ApiError && error.decisionId && (
        <Group gap={4} wrap="nowrap">
          <Text size="xs" ff="monospace">
            {stateMessages.decisionId(error.decisionId)}
          </Text>
          <CopyIconButton value={error.decisionId} label={stateMessages.copyDecision} />
        </Group>
      )}
      {error instanceof ApiError && error.status >= 500 && error.requestId && (
        <Text size="xs" ff="monospace">
          {stateMessages.requestId(error.requestId)}
        </Text>
      )}
    </Alert>
  )
}
