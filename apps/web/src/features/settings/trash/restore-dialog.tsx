import type { TrashItem } from '@graticule/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { restoreFromTrash } from '../../../api/trash.ts'
import { Button, FormError, Group, Modal, notifications, Radio, Stack, Text } from '../../../ui/index.ts'
import { choiceOf } from '../../sharing/audience-choice.ts'
import { messages } from './messages.ts'

type Sharing = 'private' | 'as-before'

/** Brings something back; that it is shared again as it was is a choice of its own. */
export function RestoreDialog({ item, onClose }: { item: TrashItem; onClose: () => void }) {
  const queryClient = useQueryClient()
  const [sharing, setSharing] = useState<Sharing>('private')
  const restore = useMutation({
    mutationFn: () => restoreFromTrash({ kind: item.kind, id: item.id, sharing }),
    onSuccess: async () => {
      notifications.show({ message: messages.restored(item.name) })
      onClose()
      await queryClient.invalidateQueries()
    },
  })
  const before = choiceOf(item.privacy, item.sharingScope)
  const { project } = item
  return (
    <Modal opened onClose={onClose} title={messages.restoreTitle(item.name)} size={460}>
      <Stack gap="md">
        <Text>{messages.restoreText}</Text>
        {project && <Text>{messages.restoreProject(project.name, project.isShared)}</Text>}
        {item.missingConnections.length > 0 && (
          <Text>{messages.restoreMissing(item.missingConnections.join(', '))}</Text>
        )}
        {(before !== 'private' || project?.isShared) && (
          <Radio.Group
            label={messages.sharingQuestion}
            value={sharing}
            onChange={(value) => setSharing(value === 'as-before' ? 'as-before' : 'private')}
          >
            <Stack gap="xs" mt={8}>
              <Radio value="private" label={messages.sharingPrivate} description={messages.sharingPrivateHelp} />
              <Radio
                value="as-before"
                label={messages.sharingBefore}
                description={before === 'private' ? messages.sharingProjectHelp : messages.sharingBeforeHelp[before]}
              />
            </Stack>
          </Radio.Group>
        )}
        <FormError error={restore.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {messages.cancel}
          </Button>
          <Button loading={restore.isPending} onClick={() => restore.mutate()}>
            {messages.restore}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
