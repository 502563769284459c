import type { TrashItem } from '@graticule/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ApiError } from '../../../api/api-error.ts'
import { restoreFromTrash } from '../../../api/trash.ts'
import { Button, FormError, Group, Modal, notifications, Radio, Stack, Text, TextInput } from '../../../ui/index.ts'
import { choiceOf } from '../../sharing/audience-choice.ts'
import { messages } from './messages.ts'
import { RestoreConsequence } from './restore-consequence.tsx'

type Sharing = 'private' | 'as-before'

interface Choice {
  readonly question: string
  readonly isPrivate: string
  readonly isPrivateHelp: string
  readonly before: string
  readonly beforeHelp: string
}

/** Brings something back; that it is shared again as it was is a choice of its own. */
export function RestoreDialog({ item, onClose }: { item: TrashItem; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={messages.restoreTitle(item.name)} size={480}>
      <RestoreForm item={item} onClose={onClose} />
    </Modal>
  )
}

function RestoreForm({ item, onClose }: { item: TrashItem; onClose: () => void }) {
  const queryClient = useQueryClient()
  const [sharing, setSharing] = useState<Sharing>('private')
  /** Null until its own turned out to be taken. */
  const [name, setName] = useState<string | null>(null)
  const [nameError, setNameError] = useState<string | null>(null)
  const body = { sharing, ...(name !== null && name !== '' && { name }) }
  const restore = useMutation({
    mutationFn: () => restoreFromTrash({ kind: item.kind, id: item.id, ...body }),
    onSuccess: async () => {
      notifications.show({ message: messages.restored(name ?? item.name) })
      onClose()
      await queryClient.invalidateQueries()
    },
    onError: (error) => {
      if (isNameTaken(error)) setName((before) => before ?? '')
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const isFine = name === null || /^[a-z0-9][a-z0-9_-]{1,49}[a-z0-9]$/.test(name)
    setNameError(isFine ? null : messages.newNameShape)
    if (isFine) restore.mutate()
  }
  const choice = choiceFor(item)
  const { contents, project } = item
  return (
    <form noValidate onSubmit={submit}>
      <Stack gap="md">
        <Text>{messages.restoreText}</Text>
        {project && <Text>{messages.restoreProject(project.name, project.isShared)}</Text>}
        {contents !== null && contents.subfolders > 0 && <Text>{messages.restoreSubfolders(contents.subfolders)}</Text>}
        {item.missingConnections.length > 0 && (
          <Text>{messages.restoreMissing(item.missingConnections.join(', '))}</Text>
        )}
        {name !== null && (
          <TextInput
            label={messages.newName}
            description={messages.newNameHelp}
            required
            autoFocus
            maxLength={51}
            spellCheck={false}
            value={name}
            error={nameError}
            onChange={(event) => {
              restore.reset()
              setName(event.currentTarget.value)
            }}
          />
        )}
        {choice !== null && name === null && (
          <Radio.Group
            label={choice.question}
            value={sharing}
            onChange={(value) => setSharing(value === 'as-before' ? 'as-before' : 'private')}
          >
            <Stack gap="xs" mt={8}>
              <Radio value="private" label={choice.isPrivate} description={choice.isPrivateHelp} />
              <Radio value="as-before" label={choice.before} description={choice.beforeHelp} />
            </Stack>
          </Radio.Group>
        )}
        <RestoreConsequence item={item} body={body} />
        <FormError error={restore.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {messages.cancel}
          </Button>
          <Button type="submit" loading={restore.isPending}>
            {messages.restore}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** What there is to confirm besides the restoring itself; null when nobody could gain anything by it. */
function choiceFor({ kind, namedBy, privacy, project, sharingScope }: TrashItem): Choice | null {
  if (kind === 'named-source') {
    if (namedBy === null || namedBy.tokens === 0) return null
    return {
      question: messages.tokensQuestion,
      isPrivate: messages.tokensEnd,
      isPrivateHelp: messages.tokensEndHelp,
      before: messages.tokensKeep,
      beforeHelp: messages.tokensKeepHelp,
    }
  }
  const before = choiceOf(privacy, sharingScope)
  if (before === 'private' && project?.isShared !== true) return null
  return {
    question: messages.sharingQuestion,
    isPrivate: messages.sharingPrivate,
    isPrivateHelp: messages.sharingPrivateHelp,
    before: messages.sharingBefore,
    beforeHelp: before === 'private' ? messages.sharingProjectHelp : messages.sharingBeforeHelp[before],
  }
}

function isNameTaken(error: unknown): boolean {
  if (!(error instanceof ApiError) || error.status !== 409) return false
  const { rule } = (error.details ?? {}) as { readonly rule?: unknown }
  return rule === 'named-source.name' || rule === 'named-source.table'
}
