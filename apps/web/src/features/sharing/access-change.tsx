import type { AudienceBody } from '@graticule/contract'
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
  const { gains, gainCount, losses, lossCount, peopleCount } = data
  return (
    <>
      {gainCount > 0 && <p>{messages.gain(gainCount, listNames(gains, gainCount))}</p>}
      {lossCount > 0 && <p>{messages.lose(lossCount, listNames(losses, lossCount))}</p>}
      {gainCount === 0 && lossCount === 0 && <p>{messages.nobodyChanges}</p>}
      <p>{messages.afterwards(peopleCount)}</p>
    </>
  )
}
