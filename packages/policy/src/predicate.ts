import { assertNever } from '@graticule/contract'
import type { Asset } from './assets.ts'
import type { AudienceKind } from './audience.ts'

export type PredicateField = 'id' | 'organizationId' | 'ownerId'

/** Whom a grant must name: any of the ids; for `organization` and `public` there is none to name. */
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

function isGranted(asset: Asset, { audience, ids }: Grantee): boolean {
  if (!('audience' in asset)) return false
  switch (audience) {
    case 'organization':
      return asset.audience.organization
    case 'public':
      return asset.audience.public
    case 'group':
      return asset.audience.groupIds.some((id) => ids.includes(id))
    case 'user':
      return asset.audience.userIds.some((id) => ids.includes(id))
    default:
      return assertNever(audience)
  }
}
