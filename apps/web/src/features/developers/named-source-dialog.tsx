import type { ConnectionSummary, NamedSource } from '@graticule/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { createNamedSource, namedSourcesQuery, updateNamedSource } from '../../api/named-sources.ts'
import { Button, CodeArea, FormError, Group, Modal, Select, Stack, TextInput } from '../../ui/index.ts'
import { namedSourceMessages as messages } from './named-source-messages.ts'

/** What the dialog is open for: a new named source, or one that is edited. */
export type NamedSourceDraft = 'new' | NamedSource

/** Asks for the name and the SQL, which the server has the warehouse check before it keeps them. */
export function NamedSourceDialog(props: {
  draft: NamedSourceDraft | null
  connections: readonly ConnectionSummary[]
  onClose: () => void
}) {
  const { draft } = props
  const title = draft === null || draft === 'new' ? messages.createTitle : messages.editTitle(draft.name)
  return (
    <Modal opened={draft !== null} onClose={props.onClose} title={title} size={640}>
      {draft !== null && <NamedSourceForm {...props} draft={draft} />}
    </Modal>
  )
}

function NamedSourceForm(props: {
  draft: NamedSourceDraft
  connections: readonly ConnectionSummary[]
  onClose: () => void
}) {
  const edited = props.draft === 'new' ? null : props.draft
  const queryClient = useQueryClient()
  const [name, setName] = useState(edited?.name ?? '')
  const [connection, setConnection] = useState(edited?.connection_name ?? props.connections[0]?.name ?? '')
  const [description, setDescription] = useState(edited?.description ?? '')
  const [source, setSource] = useState(edited?.source ?? '')
  const [errors, setErrors] = useState<{ readonly name?: string; readonly source?: string }>({})
  const save = useMutation({
    mutationFn: () =>
      edited
        ? updateNamedSource(edited.name, { source, description })
        : createNamedSource({ name, connection_name: connection, source, description }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: namedSourcesQuery.queryKey })
      props.onClose()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const found = {
      ...(/^[a-z0-9][a-z0-9_-]{1,49}[a-z0-9]$/.test(name) ? {} : { name: messages.nameShape }),
      ...(source.trim() ? {} : { source: messages.sourceMissing }),
    }
    setErrors(found)
    if (Object.keys(found).length === 0) save.mutate()
  }
  return (
    <form noValidate onSubmit={submit}>
      <Stack gap="md">
        <FormError error={save.error} title={messages.notSaved} />
        <Group gap="sm" align="flex-start" grow preventGrowOverflow={false} wrap="wrap">
          <TextInput
            label={messages.name}
            description={messages.nameHelp}
            required
            data-autofocus
            maxLength={51}
            spellCheck={false}
            readOnly={edited !== null}
            value={name}
            error={errors.name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select
            label={messages.connection}
            description={messages.connectionHelp}
            allowDeselect={false}
            disabled={edited !== null}
            data={props.connections.map((each) => each.name)}
            value={connection}
            onChange={(value) => setConnection(value ?? '')}
          />
        </Group>
        <TextInput
          label={messages.description}
          maxLength={1_000}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <CodeArea
          label={messages.source}
          description={messages.sourceHelp}
          required
          minRows={6}
          maxRows={16}
          placeholder={messages.sourcePlaceholder}
          value={source}
          error={errors.source}
          onChange={(event) => setSource(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={props.onClose}>
            {messages.cancel}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {edited ? messages.save : messages.create}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
