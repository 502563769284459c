import type { ApiError } from '../../api/api-error.ts'
import { Anchor, Button, Group, List, modals, Stack, Text } from '../../ui/index.ts'
import { messages } from './messages.ts'

interface BlockingMap {
  readonly id: string
  readonly title: string
}

/** The maps that keep a connection from being deleted, as the server's 409 lists them. */
export function BlockingMaps({ error }: { error: ApiError }) {
  const maps = readMaps(error.details)
  return (
    <Stack gap="sm">
      <Text>{error.message}</Text>
      {maps.length > 0 && (
        <>
          <Text>{messages.deleteBlockedMore}</Text>
          <List size="sm">
            {maps.map((map) => (
              <List.Item key={map.id}>
                <Anchor href={`/maps/${map.id}`} size="sm">
                  {map.title}
                </Anchor>
              </List.Item>
            ))}
          </List>
        </>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={() => modals.closeAll()}>
          {messages.close}
        </Button>
      </Group>
    </Stack>
  )
}

function readMaps(details: unknown): readonly BlockingMap[] {
  const { maps } = (details ?? {}) as { maps?: unknown }
  if (!Array.isArray(maps)) return []
  return maps.filter((map): map is BlockingMap => typeof map?.id === 'string' && typeof map?.title === 'string')
}
