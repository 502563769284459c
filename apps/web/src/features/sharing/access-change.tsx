import type { AudienceBody, SharingPreview } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { type Shareable, sharingPreviewQuery } from '../../api/sharing.ts'
import { FormError, NameSentence, Skeleton } from '../../ui/index.ts'
import { shareMessages as messages } from './messages.ts'

/** Who gains and who loses access by a change that is not confirmed yet. */
export function AccessChange({ asset, wish }: { asset: Shareable; wish: AudienceBody }) {
  const { data, error } = useQuery(sharingPreviewQuery(asset, wish))
  if (error) return <FormError error={error} />
  if (!data) return <Skeleton height={18} width="60%" />
  return (
    <>
      <GainsAndLosses change={data} />
      {data.breaks.length > 0 && <Breaks breaks={data.breaks} />}
      <p>{messages.afterwards(data.peopleCount)}</p>
    </>
  )
}

/** Who gains and who loses access, by name; each list opens to all of them. */
export function GainsAndLosses(props: {
  change: Omit<SharingPreview, 'peopleCount' | 'breaks'>
  /** What each sentence is, where they stand in a list. */
  as?: 'div' | 'li'
}) {
  const { change, as: Item = 'div' } = props
  const { gains, gainCount, losses, lossCount } = change
  if (gainCount === 0 && lossCount === 0) return <Item>{messages.nobodyChanges}</Item>
  return (
    <>
      {gainCount > 0 && (
        <Item>
          <NameSentence label={messages.gaining} lead={messages.gain(gainCount)} items={gains.map(toItem)} />
        </Item>
      )}
      {lossCount > 0 && (
        <Item>
          <NameSentence label={messages.losing} lead={messages.lose(lossCount)} items={losses.map(toItem)} />
        </Item>
      )}
    </>
  )
}

/** Whose maps, workflows and tokens stop reading from a connection. */
function Breaks({ breaks }: Pick<SharingPreview, 'breaks'>) {
  return (
    <NameSentence
      label={messages.breaking}
      lead={messages.breaks(breaks.length)}
      items={breaks.map(({ owner, counts }) => ({ id: owner.id, text: messages.brokenOf(owner.name, counts) }))}
    />
  )
}

function toItem({ id, name, email }: SharingPreview['gains'][number]) {
  return { id, text: name, detail: email }
}
