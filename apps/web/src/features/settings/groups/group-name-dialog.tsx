import type { GroupSummary } from '@graticule/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { createGroup, renameGroup } from '../../../api/groups.ts'
import { Button, FormError, Group, Modal, Stack, TextInput } from '../../../ui/index.ts'
import { messages } from './messages.ts'

/** Makes a group, or gives one another name. */
export function GroupNameDialog({ group, onClose }: { group: GroupSummary | null; onClose: () => void }) {
  const queryClient = useQueryClient()
  const [name, setName] = useState(group?.name ?? '')
  const save = useMutation({
    mutationFn: () => (group === null ? createGroup(name) : renameGroup({ id: group.id, name })),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['groups'] })
      onClose()
    },
  })
  const canSave = name.trim() !== '' && name.trim() !== group?.name
  return (
    <Modal
      opened
      onClose={onClose}
      title={group === null ? messages.createTitle : messages.renameTitle(group.name)}
      size={400}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (canSave) save.mutate()
        }}
      >
        <Stack gap="md">
          <TextInput
            label={messages.name}
            description={messages.nameHelp}
            data-autofocus
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <FormError error={save.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {messages.cancel}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={!canSave}>
              {group === null ? messages.make : messages.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
