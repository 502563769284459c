import type { ResourceBreak, ResourceKey, UserSummary } from '@graticule/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { transferAssets, transferPreviewQuery } from '../../../api/assets.ts'
import { Button, FormError, Group, Modal, NameRows, notifications, Stack, Text } from '../../../ui/index.ts'
import { BatchFailures } from './batch-failures.tsx'
import { messages } from './messages.ts'
import { toItem } from './named-asset.ts'
import { PersonPicker } from './person-picker.tsx'

type Chosen = ResourceKey & { readonly name: string }

/** Gives assets to somebody else, and says before what breaks by it and what to move together. */
export function TransferDialog(props: { assets: readonly Chosen[]; onClose: () => void; onDone: () => void }) {
  return (
    <Modal opened onClose={props.onClose} title={messages.transferTitle(props.assets.length)} size={520}>
      <TransferForm {...props} />
    </Modal>
  )
}

function TransferForm(props: { assets: readonly Chosen[]; onClose: () => void; onDone: () => void }) {
  const queryClient = useQueryClient()
  const [assets, setAssets] = useState<readonly Chosen[]>(props.assets)
  const [receiver, setReceiver] = useState<UserSummary | null>(null)
  const resources = assets.map(({ resourceType, id }) => ({ resourceType, id }))
  const body = { receiverUserId: receiver?.id ?? '', resources }
  const preview = useQuery({ ...transferPreviewQuery(body), enabled: receiver !== null })
  const warnings = preview.data?.warnings ?? []
  const transfer = useMutation({
    mutationFn: () => transferAssets(body),
    onSuccess: ({ results }) => {
      const moved = results.filter(({ success }) => success).length
      if (receiver !== null && moved > 0) {
        notifications.show({ message: messages.transferred(moved, receiver.name) })
      }
      if (moved === results.length) props.onDone()
    },
    onSettled: () => queryClient.invalidateQueries(),
  })
  const results = transfer.data?.results
  return (
    <Stack gap="md">
      <Text>{messages.transferText}</Text>
      <NameRows label={messages.chosen} items={assets.map(toItem)} />
      <PersonPicker label={messages.receiver} value={receiver?.id ?? null} onPick={setReceiver} />
      {receiver !== null && (
        <Breaks
          warnings={warnings}
          isLoading={preview.isPending}
          onTogether={(more) => setAssets([...assets, ...more])}
        />
      )}
      <FormError error={preview.error ?? transfer.error} />
      {results && <BatchFailures results={results} assets={assets} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={results ? props.onDone : props.onClose}>
          {results ? messages.close : messages.cancel}
        </Button>
        {!results && (
          <Button
            color={warnings.length > 0 ? 'red' : undefined}
            disabled={receiver === null || !preview.isSuccess}
            loading={transfer.isPending}
            onClick={() => transfer.mutate()}
          >
            {warnings.length > 0 ? messages.transferAnyway : messages.transferButton}
          </Button>
        )}
      </Group>
    </Stack>
  )
}

function Breaks(props: {
  warnings: readonly ResourceBreak[]
  isLoading: boolean
  onTogether: (more: readonly Chosen[]) => void
}) {
  const { warnings } = props
  if (props.isLoading) return <Text c="dimmed">{messages.checking}</Text>
  if (warnings.length === 0) return <Text>{messages.nothingBreaks}</Text>
  const together = new Map(warnings.flatMap(({ together: more }) => (more ? [[more.id, more] as const] : [])))
  const names = [...together.values()].slice(0, 3).map(({ name }) => `“${name}”`)
  if (together.size > 3) names.push(`${together.size - 3} more`)
  return (
    <Stack gap="xs">
      <NameRows
        label={messages.breaks}
        items={warnings.map(({ id, connection, sentence }) => ({ id: `${id}:${connection.id}`, text: sentence }))}
      />
      {together.size > 0 && (
        <Button variant="default" size="xs" onClick={() => props.onTogether([...together.values()])}>
          {messages.moveTogether(new Intl.ListFormat('en').format(names))}
        </Button>
      )}
    </Stack>
  )
}
