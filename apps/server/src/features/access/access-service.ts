import {
  type AccessExplanation,
  AppError,
  assertNever,
  type ExplainQuery,
  type GovernancePolicies,
  type GroupName,
  type PeopleCountQuery,
  type PeopleCounts,
  type UserSummary,
  type ViewerAuthentication,
} from '@graticule/contract'
import {
  ACTIONS,
  type Action,
  type Asset,
  type ConnectionAsset,
  can,
  countReaders,
  decideCredential,
  decideExplaining,
  explain,
  explainGroup,
  type Flip,
  GOVERNANCE_POLICIES,
  type MapAsset,
  type NamedSourceAsset,
  namedReaders,
  type OAuthClientAsset,
  type Principal,
  type PublishedAs,
  parseTableName,
  projectsAround,
  READ_ACTION,
  type Readership,
  SHAREABLE_KINDS,
  type ShareableAsset,
  type SubjectOfExplanation,
  type UserPrincipal,
} from '@graticule/policy'
import type { Source } from '@graticule/sql'
import type { Clock } from '../../platform/clock/clock.ts'
import type { ExplainedSource, SourceAccess, SourceAction } from '../connections/source-access.ts'
import type { GovernanceRules } from '../governance/governance-rules.ts'
import type { ProjectName } from '../projects/project.ts'
import type { NamedAsset, ShareableKinds } from '../sharing/shareable-assets.ts'
import { type Explained, explainToken, type TokenQuestion } from './explain-program.ts'
import {
  describeSubject,
  type ExplainedSubject,
  findSubject,
  type KnownToken,
  type SubjectSources,
} from './explained-subject.ts'
import { describeSourceChanges } from './source-changes.ts'

/** What can be shared, and with whom, whoever asks. */
export interface KnownAssets {
  readonly kinds: ShareableKinds
  /** Everybody active of an organization. */
  readonly listPeople: (organizationId: string) => Promise<readonly { person: UserSummary; principal: UserPrincipal }[]>
  readonly listGroupNames: (organizationId: string, ids: readonly string[]) => Promise<readonly GroupName[]>
  /** The names of those of these folders that the asker may know of. */
  readonly listProjectNames: (asker: UserPrincipal, ids: readonly string[]) => Promise<readonly ProjectName[]>
}

export interface AccessServiceOptions extends KnownAssets {
  readonly sources: Pick<
    SourceAccess,
    'explainMap' | 'explainMapOfProgram' | 'explainSource' | 'explainSourceOfToken' | 'isLent' | 'mayOpenMap'
  >
  readonly clock: Clock
  /** A token that is not revoked, whoever may know of it. */
  readonly findToken: (id: string) => Promise<KnownToken | null>
  readonly findNamedSource: (id: string) => Promise<NamedSourceAsset | null>
  readonly findOAuthClient: (id: string) => Promise<OAuthClientAsset | null>
  readonly governance: GovernanceRules
  /** How somebody is let in at a connection's database as themselves; `name` is null while they are not. */
  readonly findOwnLogin: (
    userId: string,
    connection: ConnectionAsset,
  ) => Promise<{ readonly way: ViewerAuthentication; readonly name: string | null }>
  /** What a public map was published to read a connection with. */
  readonly findPublishedAs: (mapId: string, connectionId: string) => Promise<PublishedAs | null>
  /** What it takes to count the readers of assets: those groups and those people of the organization. */
  readonly readReadership: (
    organizationId: string,
    groupIds: readonly string[],
    userIds: readonly string[],
  ) => Promise<Readership>
}

const OWN_LOGIN_LACKS: Readonly<Record<ViewerAuthentication, string>> = {
  stored: 'The data are read with a login of their own, which they have not given.',
  certificate: 'The data are read with a certificate that is made for them, and their address makes no name for it.',
  token: 'The data are read with a token of their single sign-on, and no session of theirs has one now.',
}
const OWN_LOGIN_WORDS: Readonly<Record<ViewerAuthentication, (name: string) => string>> = {
  stored: (name) => `the login "${name}" that they gave for themselves`,
  certificate: (name) => `the login "${name}", by a certificate that is made for them`,
  token: (name) => `the login "${name}", with a token of their single sign-on`,
}

/** As many as fit on a page of a list. */
const MAX_COUNTED = 500

/** Explains why somebody may or may not do something, from the tables that decide it. */
export class AccessService {
  readonly #options: AccessServiceOptions

  constructor(options: AccessServiceOptions) {
    this.#options = options
  }

  async explain(asker: UserPrincipal, query: ExplainQuery): Promise<AccessExplanation> {
    const { organizationId } = asker
    const action = readAction(query)
    const asset = query.asset === undefined ? undefined : await this.#findAsset(asker, query.asset)
    if (ACTIONS[action].kind !== (asset?.kind ?? null)) throw wrongAsset(action)
    const people = await this.#options.listPeople(organizationId)
    const subject = await this.#findSubject(asker, query.subject, asset, people)
    const { policies } = await this.#options.governance.read(organizationId)
    const decided = await this.#decide(subject, action, asset, policies, query)
    const { allowed, reason, rule, rules, paths, flips, bounds, limits = [], more = [], roles } = decided
    const shared = asset === undefined || !('audience' in asset) ? undefined : asset
    const groupIds = shared === undefined ? [] : namedReaders(shared).groupIds
    const asked = subject.kind === 'group' ? [subject.id] : []
    const groups = await this.#options.listGroupNames(organizationId, [...new Set([...groupIds, ...asked])])
    const around = asset === undefined ? [] : projectsAround(asset)
    const projects = await this.#options.listProjectNames(
      asker,
      around.map(({ id }) => id),
    )
    const explained = {
      subject: describeSubject(subject),
      action,
      allowed,
      reason,
      rule,
      rules: rules.map(({ effect, rule: name, reason: sentence, path, id }) => ({
        effect,
        rule: name,
        sentence,
        path,
        name: [...groups, ...projects].find((candidate) => candidate.id === id)?.name ?? null,
      })),
      paths: paths.map(({ path, ids }) => ({
        path,
        groups: groups.filter(({ id }) => ids.includes(id)),
        projects: projects.filter(({ id }) => ids.includes(id)),
      })),
      credentials: await this.#explainCredentials(asker, subject, action, shared, allowed, people),
      flips: [
        ...flips.map((flip) => ({ change: flip.change, sentence: describeFlip(flip, groups, projects, subject) })),
        ...more,
      ],
      bounds: [
        ...bounds.map((id) => ({
          policy: id,
          sentence: `The policy "${GOVERNANCE_POLICIES[id].title}" bounds it: ${GOVERNANCE_POLICIES[id].effect}`,
        })),
        ...limits.map((limit) => ({ policy: limit.rule, sentence: limit.sentence })),
      ],
      ...(roles && { roles: [...roles] }),
    }
    if (query.source === undefined || subject.kind === 'token') return explained
    if (subject.kind !== 'user') {
      throw new AppError('invalid_request', 'Only people and tokens are asked about one source; leave it out.')
    }
    const source = await this.#explainSource(subject.principal, action, shared, query.source, people)
    // What decides about one source comes before what decides about the whole connection.
    const first = { rule: source.rule, sentence: source.reason, path: null, name: null }
    const effect = source.allowed ? ('grant' as const) : ('deny' as const)
    return { ...explained, ...source, rules: [{ effect, ...first }, ...explained.rules] }
  }

  /** Whose rights are asked about. Of a token that the asker may not know of there is none. */
  #findSubject(
    asker: UserPrincipal,
    text: string,
    asset: Asset | undefined,
    people: SubjectSources['people'],
  ): Promise<ExplainedSubject> {
    const { findToken, listGroupNames } = this.#options
    const demandRight = (asked: SubjectOfExplanation) => {
      const right = decideExplaining(asker, asked, asset)
      if (!right.allowed) throw new AppError('forbidden', right.reason, { details: { rule: right.rule } })
    }
    const sources: SubjectSources = {
      people,
      findGroupName: async (id) => (await listGroupNames(asker.organizationId, [id]))[0]?.name ?? null,
      findToken: async (id) => {
        const token = await findToken(id)
        if (token?.asset.organizationId !== asker.organizationId) return null
        return can(asker, 'token.read', token.asset).allowed || can(asker, 'user.inspect').allowed ? token : null
      },
    }
    return findSubject(text, sources, demandRight)
  }

  /** By what every request is decided with. */
  async #decide(
    subject: ExplainedSubject,
    action: Action,
    asset: Asset | undefined,
    policies: GovernancePolicies,
    { origin, source }: ExplainQuery,
  ): Promise<Explained> {
    switch (subject.kind) {
      case 'user':
      case 'anonymous':
        return explain(subject.principal, action, asset, policies)
      case 'group': {
        if (asset !== undefined) return explainGroup(subject.id, subject.roles, action, asset, policies)
        throw new AppError(
          'invalid_request',
          'Being in a group gives what is shared with it and nothing else, so ask about an asset.',
        )
      }
      case 'token': {
        const { clock, sources } = this.#options
        const coversMap = (principal: Principal, map: MapAsset) => sources.mayOpenMap(principal, map.id)
        const findGrant: TokenQuestion['findGrant'] = (...asked) => sources.explainSourceOfToken(...asked)
        const { token } = subject
        if (source !== undefined && !isSourceAction(action)) throw notAboutSources()
        return explainToken({ token, action, asset, policies, now: clock.now(), origin, source, coversMap, findGrant })
      }
      default:
        return assertNever(subject)
    }
  }

  /** What an explanation about a whole connection says otherwise about one source of it. */
  async #explainSource(
    person: UserPrincipal,
    action: Action,
    asset: ShareableAsset | undefined,
    text: string,
    people: readonly { readonly person: UserSummary }[],
  ): Promise<Pick<AccessExplanation, 'allowed' | 'reason' | 'rule' | 'credentials' | 'flips'>> {
    if (asset?.kind !== 'connection' || !isSourceAction(action)) throw notAboutSources()
    const source: Source = parseTableName(text) === null ? { type: 'query', sql: text } : { type: 'table', name: text }
    const { sources } = this.#options
    const [named] = await this.#options.kinds.connection.listShareable([asset.id])
    const found = await sources.explainSource(person, action, asset.id, source)
    if (named === undefined || found === null) throw new AppError('not_found', 'The connection is gone.')
    const { way, refusal, changes } = found
    const explained = { ...found, connectionName: named.name, source, isByThisMap: true }
    return {
      allowed: way !== null,
      reason: refusal ?? `They can read it, ${WAYS[way ?? 'right']}.`,
      rule: `source.${way ?? 'grant'}`,
      credentials: [
        describeSource(explained, named, await this.#findLogin(person, named), true, people, WITHOUT_WAY.user),
      ],
      flips: describeSourceChanges(changes, named.name, people).map((sentence) => ({ change: 'source', sentence })),
    }
  }

  /**
   * With whose login the data behind a map or a connection would be read; the others have none behind them. Being in a
   * group decides about none: whose login it is depends on the person.
   */
  async #explainCredentials(
    asker: UserPrincipal,
    subject: ExplainedSubject,
    action: Action,
    asset: ShareableAsset | undefined,
    allowed: boolean,
    people: readonly { readonly person: UserSummary }[],
  ): Promise<Credential[]> {
    const { kinds, sources } = this.#options
    if (asset === undefined || subject.kind === 'group') return []
    const principal = subject.kind === 'token' ? subject.token.principal : subject.principal
    if (asset.kind === 'connection') {
      const isLent = principal.kind === 'user' && !allowed && (await sources.isLent(principal, action, asset))
      const [named] = await kinds.connection.listShareable([asset.id])
      return named ? [describeConnection(named, allowed, isLent, await this.#findLogin(principal, named))] : []
    }
    if (asset.kind !== 'map' || action !== 'map.read') return []
    if (!allowed) return [NOTHING_SENT]
    const { id: mapId, organizationId } = asset
    const ofLink: Principal = { kind: 'public-map', mapId, organizationId }
    const found =
      principal.kind === 'user'
        ? await sources.explainMap(principal, mapId)
        : await sources.explainMapOfProgram(principal.kind === 'token' ? principal : ofLink, mapId)
    const ids = found.flatMap(({ connection }) => connection?.id ?? [])
    const named = await kinds.connection.listShareable(ids)
    const mayKnow = can(asker, 'map.read', asset).allowed
    return Promise.all(
      found.map(async (source) => {
        const connection = named.find(({ asset: { id } }) => id === source.connection?.id) ?? null
        const reader = source.way === 'public' ? ofLink : principal
        const login = connection && (await this.#findLogin(reader, connection))
        return describeSource(source, connection, login, mayKnow, people, WITHOUT_WAY[principal.kind])
      }),
    )
  }

  /** Whose login `decideCredential()` chooses for somebody, for a token, or for those who have the public link of a map. */
  async #findLogin(reader: Principal, { asset, owner }: NamedAsset): Promise<Login> {
    if (asset.kind !== 'connection') throw new Error('Only connections hold logins.')
    const publishedAs =
      reader.kind === 'public-map' ? await this.#options.findPublishedAs(reader.mapId, asset.id) : null
    const decision = decideCredential(reader, asset, publishedAs)
    if (!decision.allowed) return { words: null, reason: decision.reason }
    if (decision.choice.kind === 'publishing') return { words: 'the publishing login of the public link', reason: '' }
    if (decision.choice.kind === 'viewer') {
      const { name, way } = await this.#options.findOwnLogin(decision.choice.userId, asset)
      return name === null
        ? { words: null, reason: OWN_LOGIN_LACKS[way] }
        : { words: OWN_LOGIN_WORDS[way](name), reason: '' }
    }
    return owner === null
      ? { words: 'the login of the system, which the connection belongs to', reason: '' }
      : { words: `the login that ${owner.name} stored in the connection`, reason: '' }
  }

  /**
   * How many people have access to each of these; what the asker may not know of is left out. Whoever may open an asset
   * is told the number, viewers and guests too: that they are not alone in front of a map is theirs to know, before they
   * ask for something about it. Who the others are takes `user.list`, which viewers and guests do not have, and no
   * number is told of what they may not open.
   */
  async countPeople(asker: UserPrincipal, { kind, ids }: PeopleCountQuery): Promise<PeopleCounts> {
    const asked = [...new Set(ids.split(','))]
    if (asked.length > MAX_COUNTED) {
      throw new AppError('invalid_request', `Ask about ${MAX_COUNTED} assets at most at once.`)
    }
    const found = (await this.#options.kinds[kind].listShareable(asked)).filter(
      ({ asset }) => asset.organizationId === asker.organizationId && can(asker, READ_ACTION[kind], asset).allowed,
    )
    const named = found.map(({ asset }) => namedReaders(asset))
    const groupIds = named.flatMap((readers) => readers.groupIds)
    const userIds = named.flatMap((readers) => readers.userIds)
    const readership = await this.#options.readReadership(asker.organizationId, groupIds, userIds)
    return { counts: Object.fromEntries(found.map(({ asset }) => [asset.id, countReaders(asset, readership)])) }
  }

  /** Admins may ask about anything of their organization, others about what they may know of. */
  async #findAsset(asker: UserPrincipal, text: string): Promise<Asset> {
    const found = await this.#readAsset(text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1))
    const isKnown =
      found?.organizationId === asker.organizationId &&
      (can(asker, READ_ACTION[found.kind], found).allowed || can(asker, 'user.inspect').allowed)
    if (!found || !isKnown) throw new AppError('not_found', 'There is no such asset, or it is not shared with you.')
    return found
  }

  /** The asset, whoever may know of it. */
  async #readAsset(kind: string, id: string): Promise<Asset | null> {
    const { findNamedSource, findOAuthClient, findToken, kinds } = this.#options
    if (kind === 'token') return (await findToken(id))?.asset ?? null
    if (kind === 'named-source') return findNamedSource(id)
    if (kind === 'oauth-client') return findOAuthClient(id)
    const shareable = SHAREABLE_KINDS.find((candidate) => candidate === kind)
    const [found] = shareable === undefined ? [] : await kinds[shareable].listShareable([id])
    return found?.asset ?? null
  }
}

const WHOM = { organization: 'the organization', user: 'them by name', public: 'everybody', group: 'a group' } as const

type Credential = AccessExplanation['credentials'][number]

const NOTHING_SENT: Credential = {
  source: null,
  connection: null,
  isSent: false,
  owner: null,
  sentence: 'No statement would be sent.',
}

/** Whose login would serve, in words; null with the reason when none would. */
interface Login {
  readonly words: string | null
  readonly reason: string
}

/** What the statements that read a whole connection run as. */
function describeConnection(
  { name, owner }: NamedAsset,
  isAllowed: boolean,
  isLent: boolean,
  { words, reason }: Login,
): Credential {
  if (!isAllowed && !isLent) return { ...NOTHING_SENT, connection: name }
  if (words === null) return { ...NOTHING_SENT, connection: name, sentence: noLogin(reason) }
  const sentence = isAllowed
    ? `Statements run with ${words}.`
    : `Only what maps lend them is read, with ${words}; no other statement would be sent.`
  return { source: null, connection: name, isSent: true, owner, sentence }
}

const WAYS: Readonly<Record<NonNullable<ExplainedSource['way']>, string>> = {
  right: 'because the connection is theirs to use',
  map: 'because the connection is theirs to draw and a map says which source',
  lent: 'because a map lends it, whose owner may read it',
  public: 'because the public link of this map reads it for everybody',
  granted: 'because a grant of the token covers it',
  checked: 'as long as its warehouse says that it reads nothing but what is granted',
}

/** Why somebody comes to none of a source's data. */
const WITHOUT_WAY: Readonly<Record<'user' | 'token' | 'anonymous', string>> = {
  user: 'the connection is not theirs, and no map lends it whose owner may read it',
  token: 'no grant of the token covers it, or its APIs leave maps out',
  anonymous: 'the owner of this map may not read it any more',
}

/** What the statements that read one source of a map run as. */
function describeSource(
  { changes, connection, connectionName, isByThisMap, source, way }: ExplainedSource,
  named: NamedAsset | null,
  login: Login | null,
  mayKnow: boolean,
  people: readonly { readonly person: UserSummary }[],
  withoutWay: string,
): Credential {
  const known = {
    source: mayKnow ? (source.type === 'table' ? source.name : 'a query') : null,
    connection: mayKnow ? connectionName : null,
  }
  if (connection === null || named === null || login === null) {
    return { ...NOTHING_SENT, ...known, sentence: 'No statement would be sent: the connection is gone.' }
  }
  if (way === null) {
    const flips = describeSourceChanges(changes, known.connection, people)
    return { ...NOTHING_SENT, ...known, flips, sentence: `No statement would be sent: ${withoutWay}.` }
  }
  const other = isByThisMap ? '' : ' (another map, not this one)'
  if (login.words === null) return { ...NOTHING_SENT, ...known, sentence: noLogin(login.reason) }
  const sentence = `Statements run with ${login.words}, ${WAYS[way]}${other}.`
  return { ...known, isSent: true, owner: named.owner, sentence }
}

function noLogin(reason: string): string {
  return `No statement would be sent: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`
}

function isSourceAction(action: Action): action is SourceAction {
  return action === 'tile.read' || action === 'widget.read' || action === 'sql.run'
}

function notAboutSources(): AppError {
  return new AppError('invalid_request', 'Only tile.read, widget.read and sql.run of a connection are about a source.')
}

function readAction({ action }: ExplainQuery): Action {
  if (Object.hasOwn(ACTIONS, action)) return action as Action
  throw new AppError('invalid_request', `There is no action called "${action}".`)
}

function wrongAsset(action: Action): AppError {
  const { kind } = ACTIONS[action]
  const sentence =
    kind === null ? `The action ${action} is about no asset; leave it out.` : `The action ${action} needs a ${kind}.`
  return new AppError('invalid_request', sentence)
}

function describeFlip(
  flip: Flip,
  groups: readonly GroupName[],
  projects: readonly ProjectName[],
  subject: ExplainedSubject,
): string {
  switch (flip.change) {
    case 'role':
      return `If their role were ${flip.to}.`
    case 'own':
      return flip.to ? 'If they owned it.' : 'If somebody else owned it.'
    case 'membership': {
      const name = groups.find(({ id }) => id === flip.groupId)?.name ?? 'a group'
      return flip.to ? `If they were in the group "${name}".` : `If they left the group "${name}".`
    }
    case 'group': {
      const name = subject.kind === 'group' ? `the group "${subject.name}"` : 'the group'
      const project = projects.find(({ id }) => id === flip.projectId)?.name
      const what =
        flip.projectId === null ? 'it' : project === undefined ? 'a project that it is in' : `the project "${project}"`
      return flip.to ? `If ${what} were shared with ${name}.` : `If ${what} were no longer shared with ${name}.`
    }
    case 'grant':
      return flip.to ? 'If it had a grant on the connection.' : 'If it had no grant on the connection.'
    case 'api':
      return flip.to
        ? `If it were allowed to use the ${flip.api} API.`
        : `If it were not allowed to use the ${flip.api} API.`
    case 'collaborative':
      return flip.to
        ? 'If its owner let those edit it who may open it.'
        : 'If its owner did not let those edit it who may open it.'
    case 'password':
      return flip.to ? 'If a password stood before its public link.' : 'If no password stood before its public link.'
    case 'policy':
      return `If the policy "${GOVERNANCE_POLICIES[flip.policy].title}" forbade nothing.`
    case 'project': {
      const name = projects.find(({ id }) => id === flip.projectId)?.name
      const subject = name === undefined ? 'a project that it is in' : `the project "${name}"`
      return flip.to
        ? `If ${subject} were shared with ${WHOM[flip.audience]}.`
        : `If ${subject} were no longer shared with ${WHOM[flip.audience]}.`
    }
    case 'audience':
      return flip.to
        ? `If it were shared with ${WHOM[flip.audience]}.`
        : `If it were no longer shared with ${WHOM[flip.audience]}.`
  }
}
