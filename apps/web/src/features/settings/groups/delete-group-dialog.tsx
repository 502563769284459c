import type { GroupAsset, GroupSummary } from '@graticule/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { deleteGroup, groupQuery } from '../../../api/groups.ts'
import { Button, FormError, Group, Modal, NameRows, QueryView, Skeleton, Stack, Text } from '../../../ui/index.ts'
import { originOf } from './group-origin.ts'
import { messages } from './messages.ts'

/** Asks before a group is deleted, and says what that unshares. */
export function DeleteGroupDialog({ group, onClose }: { group: GroupSummary; onClose: () => void }) {
  const queryClient = useQueryClient()
  const origin = originOf(group)
  const options = groupQuery(group.id)
  const query = useQuery(options)
  const remove = useMutation({
    mutationFn: () => deleteGroup(group.id),
    onSuccess: async () => {
      onClose()
      await queryClient.invalidateQueries({ queryKey: ['groups', 'list'] })
    },
  })
  return (
    <Modal opened onClose={onClose} title={messages.deleteTitle(group.name)} size={460}>
      <Stack gap="md">
        <Text>{messages.deleteText}</Text>
        {origin !== null && <Text>{messages.comesBack(origin)}</Text>}
        <QueryView
          query={query}
          queryKey={options.queryKey}
          awaiting={messages.awaitingGroup}
          skeleton={<Skeleton height={48} />}
        >
          {({ assets }) => <Consequence assets={assets} />}
        </QueryView>
        <FormError error={remove.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {messages.cancel}
          </Button>
          <Button color="red" loading={remove.isPending} disabled={!query.isSuccess} onClick={() => remove.mutate()}>
            {messages.delete}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

function Consequence({ assets }: { assets: readonly GroupAsset[] }) {
  if (assets.length === 0) return <Text>{messages.deleteNothing}</Text>
  return (
    <div>
      <Text mb={4}>{messages.deleteUnshares(assets.length)}</Text>
      <NameRows
        label={messages.unshared}
        items={assets.map(({ kind, id, name, owner }) => {
          const called = name === null ? messages.hiddenAsset[kind] : `${messages.kind[kind]} “${name}”`
          return { id, text: owner ? `${called} ${messages.ownedBy(owner.name)}` : called }
        })}
      />
    </div>
  )
}
