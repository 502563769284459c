import type { PublicationCheck, PublicationConnection, PublicationSource, PublicationWish } from '@graticule/contract'
import { IconAlertTriangle, IconLock } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { publicationCheckQuery } from '../../api/publishing.ts'
import { Alert, ErrorState, Select, Skeleton, SlowNotice, Stack, Table, Text, Textarea } from '../../ui/index.ts'
import { messages } from './messages.ts'

/** What somebody has chosen about a public link so far. */
export interface PublicationDraft {
  readonly logins: NonNullable<PublicationWish['logins']>
  readonly reason: string
}

export const NO_PUBLICATION: PublicationDraft = { logins: {}, reason: '' }

/** Stands for the stored login in the list of choices. */
const OWN = ''

/** What is asked of the server: to publish what was shown, and nothing that changed since. */
export function toPublication({ logins, reason }: PublicationDraft, shown?: PublicationCheck): PublicationWish {
  return { logins, ...(reason.trim() !== '' && { reason: reason.trim() }), ...(shown && { version: shown.version }) }
}

/**
 * What the public would see, and whether the link can be made as it is. `mustSayWhy`: the server asked for a reason, which
 * may be about what whoever asks is not shown.
 */
export function usePublicationCheck(mapId: string, draft: PublicationDraft, enabled: boolean, mustSayWhy = false) {
  const query = useQuery({ ...publicationCheckQuery(mapId, draft.logins), enabled })
  const check = query.data
  const isReady =
    check !== undefined &&
    !query.isPlaceholderData &&
    check.connections.every(({ refusal }) => refusal === null) &&
    (!(check.needsReason || mustSayWhy) || draft.reason.trim() !== '')
  return { query, isReady }
}

/** With which logins the public reads a map, what it would see by that, and why that is meant so. */
export function PublicationFields(props: {
  draft: PublicationDraft
  query: ReturnType<typeof usePublicationCheck>['query']
  /** False while nothing is about to change, so that nobody is asked why. */
  asksReason?: boolean
  /** Whether the server asked for one, also for what is not shown here. */
  mustSayWhy?: boolean
  /** Whether somebody went on without giving one. */
  isReasonMissing?: boolean
  onChange: (draft: PublicationDraft) => void
}) {
  const { asksReason = true, draft, isReasonMissing = false, mustSayWhy = false, query, onChange } = props
  if (query.isError) return <ErrorState isPart error={query.error} onRetry={() => void query.refetch()} />
  const check = query.data
  if (check === undefined) {
    return (
      <>
        <SlowNotice isWaiting awaiting={messages.awaiting} />
        <Skeleton height={90} aria-label={messages.title} />
      </>
    )
  }
  if (check.sources.length === 0 && !mustSayWhy) return null
  return (
    <Stack gap="sm" role="group" aria-label={messages.title}>
      {check.connections.map((connection) => (
        <LoginChoice
          key={connection.id}
          connection={connection}
          onChoose={(loginId) => onChange({ ...draft, logins: { ...draft.logins, [connection.id]: loginId } })}
        />
      ))}
      {check.sources.length > 0 && <Counts check={check} isCounting={query.isPlaceholderData} />}
      {(check.needsReason || mustSayWhy) && asksReason && (
        <Textarea
          label={messages.reason}
          description={messages.reasonHelp}
          required
          error={isReasonMissing && messages.reasonMissing}
          maxLength={1_000}
          autosize
          minRows={2}
          maxRows={6}
          value={draft.reason}
          onChange={(event) => onChange({ ...draft, reason: event.currentTarget.value })}
        />
      )}
    </Stack>
  )
}

function LoginChoice(props: { connection: PublicationConnection; onChoose: (loginId: string | null) => void }) {
  const { connection, onChoose } = props
  const { credentialPolicy, loginId, logins, ownRefusal, refusal } = connection
  const own = ownRefusal === null ? [{ value: OWN, label: messages.own }] : []
  const choices = [...logins.map(({ id, name }) => ({ value: id, label: messages.publishing(name) })), ...own]
  const isAsEverybody = credentialPolicy === 'owner' && logins.length === 0
  const isOwn = refusal === null && loginId === null
  return (
    <Stack gap={4}>
      {refusal !== null && (
        <Alert role="status" color="yellow" icon={<IconLock size={16} />} py={8} px={12}>
          {refusal.reason}
        </Alert>
      )}
      {!isAsEverybody && choices.length > 0 && !refusal?.rule.startsWith('governance.') && (
        <Select
          label={messages.loginOf(connection.name)}
          placeholder={messages.chooseLogin}
          allowDeselect={false}
          data={choices}
          value={refusal === null ? (loginId ?? OWN) : null}
          onChange={(value) => value !== null && onChoose(value === OWN ? null : value)}
        />
      )}
      {isOwn && credentialPolicy === 'viewer' && (
        <Text size="xs" c="dimmed">
          {messages.ownHelp} {logins.length === 0 && messages.onlyLogin}
        </Text>
      )}
    </Stack>
  )
}

function Counts({ check, isCounting }: { check: PublicationCheck; isCounting: boolean }) {
  const { columns } = messages
  // Why there is nothing to count is said once, above.
  const refused = new Set(check.connections.filter(({ refusal }) => refusal !== null).map(({ id }) => id))
  return (
    <Table
      fz="sm"
      verticalSpacing={6}
      aria-label={messages.title}
      aria-busy={isCounting}
      opacity={isCounting ? 0.5 : 1}
    >
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{columns.source}</Table.Th>
          <Table.Th ta="right">{columns.you}</Table.Th>
          <Table.Th ta="right">{columns.everybody}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {check.sources.map((source) => (
          <Table.Tr key={`${source.connectionId} ${source.labels.join(' ')}`}>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{source.labels.join(', ')}</Table.Td>
            <Table.Td ta="right">
              <Rows seen={source.publisher} />
            </Table.Td>
            <Table.Td ta="right">
              {refused.has(source.connectionId) ? messages.nothing : <Rows seen={source.public} />}
              {source.widens && (
                <Text size="xs" c="dimmed">
                  <IconAlertTriangle size={12} aria-hidden style={{ verticalAlign: -1 }} /> {messages.more}
                </Text>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function Rows({ seen }: { seen: PublicationSource['public'] }) {
  if (seen.rows !== null) return <>{messages.rows(seen.rows)}</>
  return (
    <>
      {messages.unknown}
      <Text size="xs" c="dimmed">
        {seen.unknown}
      </Text>
    </>
  )
}
