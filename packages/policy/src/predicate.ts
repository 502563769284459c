import { assertNever } from '@graticule/contract'
import { type Asset, projectsAround } from './assets.ts'
import { type AudienceKind, privacyOf } from './audience.ts'

export type PredicateField = 'id' | 'organizationId' | 'ownerId'

/** What is or is not so of maps alone: of anything else `listed` is always so, and `collaborative` never. */
export type PredicateFlag = 'listed' | 'collaborative'

/**
 * Whom a grant must name: any of the ids; for `organization` and `public` there is none to name. Nobody is `public`'s
 * while a password stands before the link: the link's token is whoever has proved it.
 */
export interface Grantee {
  readonly audience: AudienceKind
  readonly ids: readonly string[]
}

/** A condition on assets as plain data: stores compile it to SQL, `matches` evaluates it in memory. */
export type Predicate =
  | { readonly type: 'none' }
  | { readonly type: 'equals'; readonly field: PredicateField; readonly value: string }
  /** The asset is the organization's and is shared with at least one of these. */
  | { readonly type: 'granted'; readonly organizationId: string; readonly to: readonly Grantee[] }
  /** The asset is shared with anybody at all, or in a project. */
  | { readonly type: 'shared'; readonly organizationId: string }
  | { readonly type: 'is'; readonly flag: PredicateFlag }
  /** The asset is inside of a project, however deep, for which this holds. */
  | { readonly type: 'inside'; readonly term: Predicate }
  | { readonly type: 'not'; readonly term: Predicate }
  | { readonly type: 'and'; readonly terms: readonly Predicate[] }
  | { readonly type: 'or'; readonly terms: readonly Predicate[] }

/** Whether the predicate holds for one asset. What is never shared is granted to nobody. */
export function matches(predicate: Predicate, asset: Asset): boolean {
  switch (predicate.type) {
    case 'none':
      return false
    case 'equals':
      return asset[predicate.field] === predicate.value
    case 'granted':
      return (
        asset.organizationId === predicate.organizationId && predicate.to.some((grantee) => isGranted(asset, grantee))
      )
    case 'shared':
      return asset.organizationId === predicate.organizationId && isShared(asset)
    case 'is':
      return isSo(asset, predicate.flag)
    case 'inside':
      return projectsAround(asset).some((project) => matches(predicate.term, project))
    case 'not':
      return !matches(predicate.term, asset)
    case 'and':
      return predicate.terms.every((term) => matches(term, asset))
    case 'or':
      return predicate.terms.some((term) => matches(term, asset))
    default:
      return assertNever(predicate)
  }
}

/**
 * Whether the asset may have readers besides its owner and those whose role oversees everything: it is shared, or it is in
 * a project, which may be shared at any time.
 */
export function isShared(asset: Asset): boolean {
  if (!('audience' in asset)) return false
  return privacyOf(asset.audience) !== 'private' || projectsAround(asset).length > 0
}

/** Whether anybody who has the link needs nothing else. */
export function isOpenToAll(asset: Asset): boolean {
  return 'audience' in asset && asset.audience.public && !(asset.kind === 'map' && asset.isLocked)
}

function isSo(asset: Asset, flag: PredicateFlag): boolean {
  switch (flag) {
    case 'listed':
      return asset.kind !== 'map' || asset.isListed
    case 'collaborative':
      return asset.kind === 'map' && asset.isCollaborative
    default:
      return assertNever(flag)
  }
}

function isGranted(asset: Asset, { audience, ids }: Grantee): boolean {
  if (!('audience' in asset)) return false
  switch (audience) {
    case 'organization':
      return asset.audience.organization
    case 'public':
      return isOpenToAll(asset)
    case 'group':
      return asset.audience.groupIds.some((id) => ids.includes(id))
    case 'user':
      return asset.audience.userIds.some((id) => ids.includes(id))
    default:
      return assertNever(audience)
  }
}
