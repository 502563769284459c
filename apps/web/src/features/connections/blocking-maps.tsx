import type { ApiError } from '../../api/api-error.ts'
import { Anchor, Button, Group, List, modals, Stack, Text } from '../../ui/index.ts'
import { messages } from './messages.ts'

interface BlockingAsset {
  readonly id: string
  readonly title: string
}

/** The maps and workflows that keep a connection from being deleted, as the server's 409 lists them. */
export function BlockingMaps({ error }: { error: ApiError }) {
  const { maps, workflows } = (error.details ?? {}) as { maps?: unknown; workflows?: unknown }
  const found = [
    ...readAssets(maps).map((map) => ({ ...map, href: `/maps/${map.id}` })),
    ...readAssets(workflows).map((workflow) => ({ ...workflow, href: `/workflows/${workflow.id}` })),
  ]
  return (
    <Stack gap="sm">
      <Text>{error.message}</Text>
      {found.length > 0 && (
        <>
          <Text>{messages.deleteBlockedMore}</Text>
          <List size="sm">
            {found.map(({ id, href, title }) => (
              <List.Item key={id}>
                <Anchor href={href} size="sm">
                  {title}
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

function readAssets(list: unknown): readonly BlockingAsset[] {
  if (!Array.isArray(list)) return []
  return list.filter(
    (asset): asset is BlockingAsset => typeof asset?.id === 'string' && typeof asset?.title === 'string',
  )
}
