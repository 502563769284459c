import type { SharingPreview } from '@graticule/contract'
import { projectsAround, reaches, type ShareableAsset } from '@graticule/policy'
import type { PossibleReader } from './sharing-service.ts'

/** An asset as it is, and as a change would make it. */
export interface AssetChange {
  readonly before: ShareableAsset
  readonly after: ShareableAsset
}

/** Who of these people would gain and who would lose access to any of the assets. */
export function compareAccess(
  readers: readonly PossibleReader[],
  changes: readonly AssetChange[],
): Omit<SharingPreview, 'peopleCount' | 'breaks'> {
  // Many assets of one owner are often shared alike, and then the answer about one is the answer about all.
  const distinct = [
    ...new Map(changes.map((change) => [JSON.stringify(Object.values(change).map(factsOf)), change])).values(),
  ]
  const whoeverBecomes = (isAllowed: boolean) =>
    readers
      .filter(({ principal }) =>
        distinct.some(
          ({ before, after }) => reaches(principal, after) === isAllowed && reaches(principal, before) !== isAllowed,
        ),
      )
      .map(({ person }) => person)
  const gains = whoeverBecomes(true)
  const losses = whoeverBecomes(false)
  return {
    gains,
    gainCount: gains.length,
    losses,
    lossCount: losses.length,
  }
}

/** All that access to an asset rests on, apart from which one it is. */
function factsOf(asset: ShareableAsset): unknown {
  const { kind, ownerId, audience } = asset
  return [kind, ownerId, audience, projectsAround(asset)]
}
