import type { ConnectionPosture } from '@graticule/contract'
import { IconAlertTriangle, IconServer, IconShieldQuestion } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { checkPosture, postureQuery } from '../../api/postures.ts'
import {
  Alert,
  Button,
  FormError,
  Group,
  PageState,
  QueryView,
  Skeleton,
  SlowNotice,
  Stack,
  Title,
} from '../../ui/index.ts'
import { messages } from './messages.ts'
import { PostureReportView } from './posture-report.tsx'

/** The last report on the login, and the button that makes a new one. */
export function PosturePanel({ connection }: { connection: string }) {
  const queryClient = useQueryClient()
  const options = postureQuery(connection)
  const query = useQuery(options)
  const check = useMutation({
    mutationFn: () => checkPosture(connection),
    onSuccess: (posture) => queryClient.setQueryData(options.queryKey, posture),
  })
  const isBusy = check.isPending || query.data?.state === 'checking'
  const canCheck = query.data !== undefined && query.data.state !== 'embedded'
  return (
    <section aria-label={messages.postureTitle}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {messages.postureTitle}
        </Title>
        {canCheck && (
          <Button variant="default" loading={isBusy} onClick={() => check.mutate()}>
            {messages.check}
          </Button>
        )}
      </Group>
      <Stack gap="sm">
        <FormError error={check.error} title={messages.checkFailed} />
        <SlowNotice isWaiting={check.isPending} awaiting={messages.checking} />
        <QueryView
          query={query}
          queryKey={options.queryKey}
          awaiting={messages.awaitingPosture}
          skeleton={<Skeleton height={180} />}
        >
          {(posture) => <Posture posture={posture} />}
        </QueryView>
      </Stack>
    </section>
  )
}

function Posture({ posture: { state, report, checkedAt, failure } }: { posture: ConnectionPosture }) {
  if (state === 'embedded') {
    return (
      <PageState icon={<IconServer size={20} />} title={messages.embeddedTitle}>
        {messages.embeddedText}
      </PageState>
    )
  }
  return (
    <>
      {failure !== null && (
        <Alert color="red" icon={<IconAlertTriangle size={16} />} title={messages.failed}>
          {failure} {report && messages.stale}
        </Alert>
      )}
      {report && <PostureReportView report={report} checkedAt={checkedAt} />}
      {!report && failure === null && (
        <PageState
          icon={<IconShieldQuestion size={20} />}
          title={state === 'checking' ? messages.runningTitle : messages.neverTitle}
          role="status"
        >
          {state === 'checking' ? messages.runningText : messages.neverText}
        </PageState>
      )}
    </>
  )
}
