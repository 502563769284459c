import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { ApiError } from '../../api/api-error.ts'
import { schemasQuery } from '../../api/catalog.ts'
import { Button, Group, Loader, Text, Tooltip } from '../../ui/index.ts'
import { messages } from './messages.ts'

/** Whether a connection works, asked when somebody presses the button: opening a warehouse can cost money. */
export function ConnectionState({ name }: { name: string }) {
  const query = useQuery({ ...schemasQuery(name), enabled: false, retry: false })
  if (query.isFetching) {
    return (
      <Group gap={6} role="status">
        <Loader size={12} />
        <Text c="dimmed">{messages.checking}</Text>
      </Group>
    )
  }
  if (query.isError) {
    return (
      <Tooltip label={query.error instanceof ApiError ? query.error.message : ''} multiline maw={320}>
        <Button
          variant="subtle"
          color="red"
          size="compact-xs"
          leftSection={<IconAlertTriangle size={14} />}
          onClick={() => void query.refetch()}
        >
          {messages.fails}
        </Button>
      </Tooltip>
    )
  }
  return (
    <Button
      variant="subtle"
      color={query.isSuccess ? 'accent' : 'gray'}
      size="compact-xs"
      leftSection={query.isSuccess ? <IconCircleCheck size={14} /> : undefined}
      aria-label={query.isSuccess ? messages.works : messages.checkOf(name)}
      onClick={() => void query.refetch()}
    >
      {query.isSuccess ? messages.works : messages.check}
    </Button>
  )
}
