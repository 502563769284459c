import type { AudienceBody, SharingPreview } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { type Shareable, sharingPreviewQuery } from '../../api/sharing.ts'
import { FormError, Skeleton } from '../../ui/index.ts'
import { listNames } from './audience-choice.ts'
import { shareMessages as messages } from './messages.ts'

/** Who gains and who loses access by a change that is not confirmed yet. */
export function AccessChange({ asset, wish }: { asset: Shareable; wish: AudienceBody }) {
  const { data, error } = useQuery(sharingPreviewQuery(asset, wish))
  if (error) return <FormError error={error} />
  if (!data) return <Skeleton height={18} width="60%" />
  return (
    <>
      {describeAccessChange(data).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {data.breaks.length > 0 && <p>{messages.breaks(data.breaks)}</p>}
      <p>{messages.afterwards(data.peopleCount)}</p>
    </>
  )
}

/** Who gains and who loses access, by name, a sentence each. */
export function describeAccessChange(change: Omit<SharingPreview, 'peopleCount' | 'breaks'>): string[] {
  const { gains, gainCount, losses, lossCount } = change
  if (gainCount === 0 && lossCount === 0) return [messages.nobodyChanges]
  return [
    ...(gainCount > 0 ? [messages.gain(gainCount, listNames(gains, gainCount))] : []),
    ...(lossCount > 0 ? [messages.lose(lossCount, listNames(losses, lossCount))] : []),
  ]
}
