import { AppError, type GovernancePolicies } from '@graticule/contract'
import {
  type Action,
  type Asset,
  decideTokenUse,
  type Explanation,
  explain,
  type GrantedSource,
  type GroupExplanation,
  type MapAsset,
  type Principal,
  parseTableName,
  type TokenPrincipal,
} from '@graticule/policy'
import type { KnownToken } from './explained-subject.ts'

/** What is answered of a decision, whoever it is about; a change that no table of policy knows has its sentence here. */
export interface Explained extends Pick<GroupExplanation, 'allowed' | 'reason' | 'rule' | 'rules' | 'paths' | 'flips'> {
  readonly bounds: Explanation['bounds']
  readonly roles?: GroupExplanation['roles']
  /** Changes of what holds of a token itself. */
  readonly more?: readonly { readonly change: 'expiry' | 'owner' | 'referer' | 'source'; readonly sentence: string }[]
  /** What bounds it besides policies. */
  readonly limits?: readonly { readonly rule: string; readonly sentence: string }[]
}

/** What it takes to explain a token. */
export interface TokenQuestion {
  readonly token: KnownToken
  readonly action: Action
  readonly asset: Asset | undefined
  readonly policies: GovernancePolicies
  readonly now: Date
  /** The site that it would be used from; undefined: that is not asked. */
  readonly origin: string | undefined
  /** One table or query of the connection. */
  readonly source: string | undefined
  /** Whether its grants cover all that a map draws, which opens its document. */
  readonly coversMap: (principal: Principal, map: MapAsset) => Promise<boolean>
  /** What its grants say about a source of a connection, as every request of it is decided; undefined: that is gone. */
  readonly findGrant: (
    token: TokenPrincipal,
    connectionId: string,
    source: GrantedSource,
  ) => Promise<'granted' | 'checked' | null | undefined>
}

/**
 * Why an API token may or may not do something, decided in the order of a request: whether it counts at all, whether
 * its APIs and grants reach the asset, whether they reach the source.
 */
export async function explainToken(question: TokenQuestion): Promise<Explained> {
  const { action, asset, coversMap, findGrant, now, origin, policies, source, token } = question
  const { principal } = token
  const reached = await explainReach(principal, action, asset, policies, coversMap)
  const about = source === undefined ? reached : await explainGrants(reached, token, asset, source, findGrant)
  const limits = [
    ...(token.referers.length > 0 && origin === undefined
      ? [{ rule: 'referer', sentence: `Only pages of ${token.referers.join(', ')} may use it.` }]
      : []),
    ...(about.limits ?? []),
  ]
  const [denial, ...others] = listDenials(token, now, origin)
  if (denial === undefined) return { ...about, limits }
  const { flip, reason, rule } = denial
  const rules = [{ effect: 'deny' as const, rule, reason, path: null, id: null }, ...about.rules]
  const more = about.allowed && others.length === 0 ? [flip] : []
  return { ...about, allowed: false, reason, rule, rules, flips: [], more, limits }
}

async function explainReach(
  principal: KnownToken['principal'],
  action: Action,
  asset: Asset | undefined,
  policies: GovernancePolicies,
  coversMap: TokenQuestion['coversMap'],
): Promise<Explained> {
  const explained = explain(principal, action, asset, policies)
  if (explained.allowed || action !== 'map.read' || asset?.kind !== 'map') return explained
  if (!(await coversMap(principal, asset))) return explained
  const reason = 'Its grants cover every source that this map draws, so that it reads the document where programs do.'
  const rule = 'token.map.read.covered'
  return {
    ...explained,
    allowed: true,
    reason,
    rule,
    rules: [{ effect: 'grant', rule, reason, path: null, id: null }],
    flips: [],
  }
}

/** What the grants say about one source; where its warehouse alone can tell, that is said. */
async function explainGrants(
  reached: Explained,
  token: KnownToken,
  asset: Asset | undefined,
  text: string,
  findGrant: TokenQuestion['findGrant'],
): Promise<Explained> {
  if (asset?.kind !== 'connection') throw new AppError('invalid_request', 'Only a connection has sources to ask about.')
  const isTable = parseTableName(text) !== null
  const source = isTable ? ({ type: 'table', name: text } as const) : ({ type: 'query', sql: text } as const)
  const found = await findGrant(token.principal, asset.id, source)
  if (found === undefined) throw new AppError('not_found', 'The connection is gone.')
  if (!reached.allowed) return reached
  if (found === 'checked' && !isTable) {
    throw new AppError(
      'invalid_request',
      'No grant spells this SQL out, so what it reads decides, which its warehouse tells when it runs; ask about a table.',
    )
  }
  const { effect, reason, rule } = GRANT_ANSWERS[found ?? 'none']
  const rules = [{ effect, rule, reason, path: null, id: null }, ...reached.rules]
  if (found !== null) {
    const limits = found === 'checked' ? [{ rule, sentence: LEFT_TO_WAREHOUSE }] : []
    return { ...reached, reason, rule, rules, limits }
  }
  const more = [{ change: 'source' as const, sentence: `If it had a grant on ${text}.` }]
  return { ...reached, allowed: false, reason, rule, rules, flips: [], more }
}

const LEFT_TO_WAREHOUSE =
  'Only its warehouse can tell what this name means there: it is refused when that is missing, is no granted table, or is the warehouse’s own.'

/** What is answered of a source by what the grants say. */
const GRANT_ANSWERS = {
  granted: { effect: 'grant', rule: 'source.granted', reason: 'A grant of this token covers it.' },
  checked: {
    effect: 'grant',
    rule: 'source.checked',
    reason: 'A grant of this token covers it, as long as its warehouse says that the name means what is granted.',
  },
  none: { effect: 'deny', rule: 'source.grant', reason: 'No grant of this token covers it.' },
} as const

interface Denial {
  readonly rule: string
  readonly reason: string
  readonly flip: { readonly change: 'expiry' | 'owner' | 'referer'; readonly sentence: string }
}

/** What keeps a token from counting at all, in the order in which a request finds out. */
function* listDenials(token: KnownToken, now: Date, origin: string | undefined): Generator<Denial> {
  if (!token.isOwnerActive) {
    const flip = { change: 'owner' as const, sentence: 'If its owner were let in again.' }
    yield { rule: 'token.owner', reason: 'Its owner may not sign in, so it opens nothing.', flip }
  }
  const use = decideTokenUse({ ...token, referers: [] }, now, undefined)
  if (!use.allowed) {
    const flip = { change: 'expiry' as const, sentence: 'If it had not expired.' }
    yield { rule: use.rule, reason: use.reason, flip }
  }
  const site = decideTokenUse({ ...token, expiresAt: null }, now, origin)
  if (!site.allowed) {
    const flip = { change: 'referer' as const, sentence: `If ${origin} were among its referers.` }
    yield { rule: site.rule, reason: `This token is for pages of ${token.referers.join(', ')}.`, flip }
  }
}
