import type { DocumentKind } from '@graticule/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { setTags } from '../../api/library.ts'
import { Button, FormError, Group, Modal, Stack } from '../../ui/index.ts'
import { libraryMessages as messages } from './messages.ts'
import { TagsField } from './tags-field.tsx'

interface Tagged {
  readonly kind: DocumentKind
  readonly id: string
  readonly name: string
  readonly tags: readonly string[]
}

/** Changes the tags of one asset. */
export function TagsDialog({ asset, opened, onClose }: { asset: Tagged; opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={messages.tagsTitle(asset.name)} size={480}>
      <TagsForm asset={asset} onClose={onClose} />
    </Modal>
  )
}

function TagsForm({ asset, onClose }: { asset: Tagged; onClose: () => void }) {
  const queryClient = useQueryClient()
  const [tags, change] = useState([...asset.tags])
  const save = useMutation({
    mutationFn: () => setTags(asset.kind, asset.id, tags),
    onSuccess: async () => {
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: ['library', 'tags'] }),
        queryClient.invalidateQueries({ queryKey: [`${asset.kind}s`, 'list'] }),
      ])
      onClose()
    },
  })
  return (
    <Stack gap="md">
      <TagsField
        kind={asset.kind}
        label={messages.tags}
        description={messages.tagsHelp}
        value={tags}
        isFirst
        onChange={change}
      />
      <FormError error={save.error} />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          {messages.cancel}
        </Button>
        <Button loading={save.isPending} onClick={() => save.mutate()}>
          {messages.save}
        </Button>
      </Group>
    </Stack>
  )
}
