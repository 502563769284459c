import { AppError, assertNever, type RefusalRule } from '@graticule/contract'
import { findAccess } from './access-paths.ts'
import { ACTIONS, type Action, ROLE_TABLE, VIEW_AS_ACTIONS } from './actions.ts'
import { isForApps, isForPublicMaps, tokenApisFor } from './api-matrix.ts'
import { READ_ACTION } from './asset-kinds.ts'
import type { Asset, MapAsset } from './assets.ts'
import { isOpenToAll } from './predicate.ts'
import type { Principal, PublicMapPrincipal, TokenPrincipal, UserPrincipal } from './principal.ts'
import { isLeftOut, reachOf } from './support.ts'

/** A decision, with the sentence a person may read and the name of the rule that made it. */
export type Decision = Allowance | Refusal

/** A decision that lets something happen. */
export interface Allowance {
  readonly allowed: true
  readonly reason: string
  /** Stable name for logs and tests, such as `role.editor.map.update.own`. */
  readonly rule: string
}

/** A decision against something. */
export interface Refusal {
  readonly allowed: false
  /** One sentence, which says what is wrong and what to do. */
  readonly reason: string
  /** A rule of `REFUSAL_RULES`, which the answer names. */
  readonly rule: RefusalRule
}

/** What somebody is told who would do more than look while they look as somebody else. */
export const REFUSED_WHILE_VIEWING: Refusal = {
  allowed: false,
  reason: 'You are looking at the workspace as somebody else, so nothing can be changed; exit to go on as yourself.',
  rule: 'view-as',
}

/** What opens a public map to everybody, whoever they are. */
export const PUBLIC_READ: Allowance = { allowed: true, reason: 'This map is public.', rule: 'public.map.read' }

/** Whether it is the opening of a map that everybody may open. */
export function isPublicRead(action: Action, asset: Asset | undefined): boolean {
  return action === 'map.read' && asset?.kind === 'map' && isOpenToAll(asset)
}

/** The only place where it is decided who may do what. An action about an asset needs that asset. */
export function can(principal: Principal, action: Action, asset?: Asset): Decision {
  const kind = ACTIONS[action].kind
  if (kind !== null && asset?.kind !== kind) {
    throw new TypeError(`The action ${action} is about a ${kind}; got ${asset?.kind ?? 'no asset'}.`)
  }
  if (isPublicRead(action, asset)) return PUBLIC_READ
  switch (principal.kind) {
    case 'user':
      return decideForUser(principal, action, asset)
    case 'token':
      return decideForToken(principal, action, asset)
    case 'public-map':
      return decideForPublicMap(principal, action, asset)
    case 'anonymous':
      return { allowed: false, reason: `Sign in to ${ACTIONS[action].phrase}.`, rule: 'anonymous' }
    default:
      return assertNever(principal)
  }
}

/** Whether nothing but its password keeps this principal from a map: whoever has the address may know that much. */
export function needsPassword(principal: Principal, map: MapAsset): boolean {
  return map.audience.public && map.isLocked && !can(principal, 'map.read', map).allowed
}

/**
 * Throws unless `can()` allows: 404 when the asset's very existence is not the asker's to know, 401 when nobody is
 * signed in, 403 with the reason otherwise.
 */
export function authorize(principal: Principal, action: Action, asset?: Asset): void {
  const decision = can(principal, action, asset)
  if (decision.allowed) return
  if (asset !== undefined && !can(principal, READ_ACTION[asset.kind], asset).allowed) {
    throw new AppError('not_found', `There is no such ${asset.kind}, or it is not shared with you.`)
  }
  if (principal.kind === 'anonymous') throw new AppError('unauthenticated', decision.reason)
  throw new AppError('forbidden', decision.reason, { details: { rule: decision.rule } })
}

function decideForUser(user: UserPrincipal, action: Action, asset: Asset | undefined): Decision {
  for (const bar of findBars(user, action, asset)) return bar
  if (asset === undefined || findAccess(user, reachOf(user, action), asset).length > 0) {
    return grantOfRole(user, action)
  }
  return refuseWithoutWay(user, action, asset)
}

/**
 * What keeps an action from a person whatever leads to the asset, the strongest first: that they only look as somebody
 * else, that an application acts as them, that it is another organization's, that support access leaves it out, that their role has no right to it.
 */
export function* findBars(user: UserPrincipal, action: Action, asset: Asset | undefined): Generator<Refusal> {
  const phrase = ACTIONS[action].phrase
  if (user.viewedBy !== undefined && !VIEW_AS_ACTIONS.has(action)) yield REFUSED_WHILE_VIEWING
  if (user.app !== undefined && !isForApps(action, user.app.kind)) {
    yield {
      allowed: false,
      reason: `An application cannot ${phrase}; sign in to the workspace.`,
      rule: `app.${action}`,
    }
  }
  if (asset !== undefined && asset.organizationId !== user.organizationId) {
    yield { allowed: false, reason: `You cannot ${phrase}: it belongs to another organization.`, rule: 'organization' }
  }
  yield* findBarsOfRole(user, action)
}

/** What the role gives, where a way of its reach leads to the person. */
export function grantOfRole(user: UserPrincipal, action: Action): Allowance {
  const reason = `Your role (${user.role}) can ${ACTIONS[action].phrase}.`
  return { allowed: true, reason, rule: `role.${user.role}.${action}.${ROLE_TABLE[action][user.role]}` }
}

/** What somebody is told whom nothing keeps from an action, and to whom no way leads. */
export function refuseWithoutWay(user: UserPrincipal, action: Action, asset: Asset): Refusal {
  const reach = ROLE_TABLE[action][user.role]
  const rule = `role.${user.role}.${action}.${reach}` as const
  const phrase = ACTIONS[action].phrase
  if (reach === 'own' && asset.ownerId === null) {
    return { allowed: false, reason: `Nobody can ${phrase}: it belongs to the system.`, rule }
  }
  if (reach === 'own') return { allowed: false, reason: `Only the owner can ${phrase}.`, rule }
  if (reach === 'collaborative') {
    return { allowed: false, reason: `Only the owner can ${phrase}, as long as they let nobody help.`, rule }
  }
  return { allowed: false, reason: `You cannot ${phrase}: it is not shared with you.`, rule }
}

/** What keeps an action from a person by their role alone, whichever asset it is about. */
function* findBarsOfRole(user: UserPrincipal, action: Action): Generator<Refusal> {
  const { phrase } = ACTIONS[action]
  if (isLeftOut(user, action)) {
    const reason = `Support access cannot ${phrase}; ask an admin of the organization to do it.`
    yield { allowed: false, reason, rule: `support.${action}` }
  }
  if (ROLE_TABLE[action][user.role] === 'none') {
    const reason = `Your role (${user.role}) cannot ${phrase}; an admin can change your role.`
    yield { allowed: false, reason, rule: `role.${user.role}.${action}.none` }
  }
}

/** Why a person cannot do this to any asset at all, whichever it is; null when their role reaches some. */
export function refuseByRole(user: UserPrincipal, action: Action): Refusal | null {
  for (const bar of findBarsOfRole(user, action)) return bar
  return null
}

function decideForToken(token: TokenPrincipal, action: Action, asset: Asset | undefined): Decision {
  const apis = tokenApisFor(action)
  const rule = `token.${action}` as const
  const phrase = ACTIONS[action].phrase
  if (apis === null) {
    return { allowed: false, reason: `An API token cannot ${phrase}; sign in instead.`, rule }
  }
  if (asset?.kind !== 'connection' || asset.organizationId !== token.organizationId) {
    return { allowed: false, reason: `This token cannot ${phrase}: it belongs to another organization.`, rule }
  }
  if (!token.grants.some((grant) => asset.names.includes(grant.connection_name))) {
    return { allowed: false, reason: `This token cannot ${phrase}: it has no grant on it.`, rule: `${rule}.grant` }
  }
  if (!apis.some((api) => token.allowedApis.includes(api))) {
    const names = apis.join(' or ')
    return { allowed: false, reason: `This token is not allowed to use the ${names} API.`, rule: `${rule}.api` }
  }
  return { allowed: true, reason: `This token can ${phrase}.`, rule }
}

function decideForPublicMap(principal: PublicMapPrincipal, action: Action, asset: Asset | undefined): Decision {
  const rule = `public-map.${action}` as const
  const phrase = ACTIONS[action].phrase
  const isOwnMap = asset?.kind === 'map' && asset.id === principal.mapId
  const isConnection = asset?.kind === 'connection' && asset.organizationId === principal.organizationId
  if (isForPublicMaps(action) && (isOwnMap || isConnection)) {
    return { allowed: true, reason: `This public map can ${phrase}.`, rule }
  }
  return { allowed: false, reason: `The token of a public map cannot ${phrase}.`, rule }
}
