import { assertNever } from '@graticule/contract'
import { ROLE_TABLE } from './actions.ts'
import type { Asset, AssetKind } from './assets.ts'
import { READ_ACTION } from './can.ts'
import type { Principal } from './principal.ts'

export type PredicateField = 'id' | 'organizationId' | 'ownerId' | 'privacy'

/** A condition on assets as plain data: stores compile it to SQL, `matches` evaluates it in memory. */
export type Predicate =
  | { readonly type: 'none' }
  | { readonly type: 'equals'; readonly field: PredicateField; readonly value: string }
  | { readonly type: 'one-of'; readonly field: PredicateField; readonly values: readonly string[] }
  | { readonly type: 'and'; readonly terms: readonly Predicate[] }
  | { readonly type: 'or'; readonly terms: readonly Predicate[] }

const NOTHING: Predicate = { type: 'none' }

/**
 * Which assets of a kind a list shows this principal: within their organization exactly those that `can()` lets them
 * read. Public maps of other organizations open by their link but are never listed.
 */
export function visibleWhere(principal: Principal, kind: AssetKind): Predicate {
  switch (principal.kind) {
    case 'user': {
      const reach = ROLE_TABLE[READ_ACTION[kind]][principal.role]
      const inOrganization: Predicate = { type: 'equals', field: 'organizationId', value: principal.organizationId }
      const own: Predicate = { type: 'equals', field: 'ownerId', value: principal.userId }
      switch (reach) {
        case 'none':
          return NOTHING
        case 'organization':
          return inOrganization
        case 'own':
          return { type: 'and', terms: [inOrganization, own] }
        case 'public':
          return { type: 'and', terms: [inOrganization, { type: 'equals', field: 'privacy', value: 'public' }] }
        case 'visible':
          return {
            type: 'and',
            terms: [
              inOrganization,
              { type: 'or', terms: [own, { type: 'one-of', field: 'privacy', values: ['shared', 'public'] }] },
            ],
          }
        default:
          return assertNever(reach)
      }
    }
    case 'public-map':
      return kind === 'map' ? { type: 'equals', field: 'id', value: principal.mapId } : NOTHING
    case 'token':
    case 'anonymous':
      return NOTHING
    default:
      return assertNever(principal)
  }
}

/** Whether the predicate holds for one asset. A field that the asset lacks equals nothing. */
export function matches(predicate: Predicate, asset: Asset): boolean {
  switch (predicate.type) {
    case 'none':
      return false
    case 'equals':
      return readField(asset, predicate.field) === predicate.value
    case 'one-of': {
      const value = readField(asset, predicate.field)
      return value !== null && predicate.values.includes(value)
    }
    case 'and':
      return predicate.terms.every((term) => matches(term, asset))
    case 'or':
      return predicate.terms.some((term) => matches(term, asset))
    default:
      return assertNever(predicate)
  }
}

function readField(asset: Asset, field: PredicateField): string | null {
  if (field === 'privacy') return asset.kind === 'token' ? null : asset.privacy
  return asset[field]
}
