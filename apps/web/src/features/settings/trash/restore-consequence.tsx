import type { TrashItem, TrashRestoreBody } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { restorePreviewQuery } from '../../../api/trash.ts'
import { ConsequenceList, FormError, NameSentence, Skeleton } from '../../../ui/index.ts'
import { GainsAndLosses } from '../../sharing/access-change.tsx'
import { shareMessages } from '../../sharing/messages.ts'
import { messages } from './messages.ts'

/** What becomes of something that is brought back so: who gains access by name, what goes back in, what reads it again. */
export function RestoreConsequence({ item, body }: { item: TrashItem; body: TrashRestoreBody }) {
  const { data, error } = useQuery(restorePreviewQuery({ kind: item.kind, id: item.id, ...body }))
  if (error) return <FormError error={error} />
  if (!data) return <Skeleton height={18} width="60%" aria-label={messages.checking} />
  const { gains, itemCount, tokens } = data
  const change = { gains, gainCount: gains.length, losses: [], lossCount: 0 }
  const maps = item.namedBy?.maps ?? 0
  const isSilent = item.kind === 'named-source' && tokens.length === 0 && (maps === 0 || body.name !== undefined)
  if (isSilent) return null
  return (
    <ConsequenceList label={shareMessages.consequenceLabel}>
      {item.contents !== null && (
        <li>
          {messages.goesBack(itemCount)} {messages.staysOut}
        </li>
      )}
      {item.kind === 'named-source' ? (
        maps > 0 && body.name === undefined && <li>{messages.drawsAgain(maps)}</li>
      ) : (
        <GainsAndLosses change={change} as="li" />
      )}
      {tokens.length > 0 && (
        <li>
          <NameSentence
            label={messages.tokensLabel}
            lead={messages.tokens(tokens.length)}
            items={tokens.map(({ name, owner }, index) => ({
              id: `${index}`,
              text: messages.tokenOf(name, owner.name),
            }))}
          />
        </li>
      )}
    </ConsequenceList>
  )
}
