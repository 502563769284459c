import type { OAuthClientCreated, OAuthClientKind, OAuthClientSummary } from '@graticule/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { createOAuthClient, oauthClientsQuery, updateOAuthClient } from '../../api/oauth-clients.ts'
import { Button, CodeArea, FormError, Group, Modal, Select, Stack, TextInput } from '../../ui/index.ts'
import { oauthClientMessages as messages } from './oauth-client-messages.ts'

/** What the dialog is open for: a new client, or one that is edited. */
export type OAuthClientDraft = 'new' | OAuthClientSummary

interface DialogProps {
  readonly draft: OAuthClientDraft | null
  readonly onClose: () => void
  readonly onCreated: (client: OAuthClientCreated) => void
}

/** Asks what the client is for and, of one that people sign in to, for its addresses. */
export function OAuthClientDialog(props: DialogProps) {
  const { draft } = props
  const title = draft === null || draft === 'new' ? messages.createTitle : messages.editTitle(draft.title)
  return (
    <Modal opened={draft !== null} onClose={props.onClose} title={title} size={640}>
      {draft !== null && <OAuthClientForm {...props} draft={draft} />}
    </Modal>
  )
}

function OAuthClientForm({ draft, onClose, onCreated }: DialogProps & { readonly draft: OAuthClientDraft }) {
  const edited = draft === 'new' ? null : draft
  const queryClient = useQueryClient()
  const [kind, setKind] = useState<OAuthClientKind>(edited?.kind ?? 'spa')
  const [title, setTitle] = useState(edited?.title ?? '')
  const [loginUri, setLoginUri] = useState(edited?.loginUri ?? '')
  const [lists, setLists] = useState({
    callbackUrls: (edited?.callbackUrls ?? []).join('\n'),
    logoutUrls: (edited?.logoutUrls ?? []).join('\n'),
    webOrigins: (edited?.webOrigins ?? []).join('\n'),
    corsOrigins: (edited?.corsOrigins ?? []).join('\n'),
  })
  const [errors, setErrors] = useState<{ readonly title?: string; readonly callbackUrls?: string }>({})
  const save = useMutation({
    mutationFn: async () => {
      const body = {
        title: title.trim(),
        ...(kind === 'spa' && { ...readLists(lists), loginUri: loginUri.trim() || null }),
      }
      if (edited) await updateOAuthClient(edited.id, body)
      return edited ? null : createOAuthClient({ kind, ...body })
    },
    onSuccess: async (created) => {
      await queryClient.invalidateQueries({ queryKey: oauthClientsQuery.queryKey })
      if (created === null) onClose()
      else onCreated(created)
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const found = {
      ...(title.trim() ? {} : { title: messages.nameMissing }),
      ...(kind === 'machine' || lists.callbackUrls.trim() ? {} : { callbackUrls: messages.callbackUrlsMissing }),
    }
    setErrors(found)
    if (Object.keys(found).length === 0) save.mutate()
  }
  const list = (name: keyof typeof lists, isRequired = false) => (
    <CodeArea
      label={messages[name]}
      description={messages[`${name}Help`]}
      required={isRequired}
      minRows={2}
      maxRows={8}
      value={lists[name]}
      error={name === 'callbackUrls' ? errors.callbackUrls : undefined}
      onChange={(event) => setLists({ ...lists, [name]: event.currentTarget.value })}
    />
  )
  return (
    <form noValidate onSubmit={submit}>
      <Stack gap="md">
        <FormError error={save.error} title={messages.notSaved} />
        <Select
          label={messages.kind}
          description={messages.kindHelp[kind]}
          allowDeselect={false}
          disabled={edited !== null}
          data={(['spa', 'machine'] as const).map((value) => ({ value, label: messages.kinds[value] }))}
          value={kind}
          onChange={(value) => setKind(value === 'machine' ? 'machine' : 'spa')}
        />
        <TextInput
          label={messages.name}
          description={messages.nameHelp}
          required
          data-autofocus
          maxLength={100}
          value={title}
          error={errors.title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        {kind === 'spa' && (
          <>
            {list('callbackUrls', true)}
            {list('logoutUrls')}
            {list('webOrigins')}
            {list('corsOrigins')}
            <TextInput
              label={messages.loginUri}
              description={messages.loginUriHelp}
              type="url"
              value={loginUri}
              onChange={(event) => setLoginUri(event.currentTarget.value)}
            />
          </>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
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

/** Each line is an address. */
function readLists<Name extends string>(lists: Readonly<Record<Name, string>>): Record<Name, string[]> {
  const entries = Object.entries<string>(lists).map(([name, text]) => [
    name,
    text.split('\n').flatMap((line) => line.trim() || []),
  ])
  return Object.fromEntries(entries)
}
