import type { Resource } from '@graticule/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { deleteAssets } from '../../../api/assets.ts'
import { Button, FormError, Group, Modal, NameRows, notifications, Stack, Text } from '../../../ui/index.ts'
import { BatchFailures } from './batch-failures.tsx'
import { messages } from './messages.ts'
import { toItem } from './named-asset.ts'

/** Asks before assets of anybody are deleted, and tells what could not be. */
export function DeleteAssetsDialog(props: { assets: readonly Resource[]; onClose: () => void; onDone: () => void }) {
  const { assets } = props
  const queryClient = useQueryClient()
  const remove = useMutation({
    mutationFn: () => deleteAssets(assets.map(({ resourceType, id }) => ({ resourceType, id }))),
    onSuccess: ({ results }) => {
      const gone = results.filter(({ success }) => success).length
      if (gone > 0) notifications.show({ message: messages.deleted(gone) })
      if (gone === results.length) props.onDone()
    },
    onSettled: () => queryClient.invalidateQueries(),
  })
  const results = remove.data?.results
  return (
    <Modal opened onClose={props.onClose} title={messages.deleteTitle(assets.length)} size={480}>
      <Stack gap="md">
        <Text>{messages.deleteText}</Text>
        <NameRows label={messages.chosen} items={assets.map(toItem)} />
        {assets.some(({ resourceType }) => resourceType === 'project') && <Text>{messages.deleteProjects}</Text>}
        {assets.some(({ resourceType }) => resourceType === 'connection') && <Text>{messages.deleteConnections}</Text>}
        {assets.some(({ resourceType }) => resourceType === 'token') && <Text>{messages.deleteTokens}</Text>}
        {assets.some(({ resourceType }) => resourceType === 'oauth-client') && (
          <Text>{messages.deleteOAuthClients}</Text>
        )}
        <FormError error={remove.error} />
        {results && <BatchFailures results={results} assets={assets} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={results ? props.onDone : props.onClose}>
            {results ? messages.close : messages.cancel}
          </Button>
          {!results && (
            <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
              {messages.deleteButton(assets.length)}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  )
}
