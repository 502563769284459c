import {
  type AccessExplanation,
  AppError,
  type ExplainQuery,
  type GroupName,
  type PeopleCountQuery,
  type PeopleCounts,
  type UserSummary,
} from '@graticule/contract'
import {
  ACTIONS,
  type Action,
  can,
  countReaders,
  decideExplaining,
  explain,
  type Flip,
  namedReaders,
  projectsAround,
  READ_ACTION,
  type Readership,
  SHAREABLE_KINDS,
  type ShareableAsset,
  type UserPrincipal,
} from '@graticule/policy'
import type { ProjectName } from '../projects/project.ts'
import type { ShareableKinds } from '../sharing/shareable-assets.ts'

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
  /** What it takes to count the readers of assets: those groups and those people of the organization. */
  readonly readReadership: (
    organizationId: string,
    groupIds: readonly string[],
    userIds: readonly string[],
  ) => Promise<Readership>
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
    const right = decideExplaining(asker, query.subject, asset)
    if (!right.allowed) throw new AppError('forbidden', right.reason, { details: { rule: right.rule } })
    const people = await this.#options.listPeople(organizationId)
    const subject = people.find(({ person }) => person.id === query.subject)
    if (!subject) throw new AppError('not_found', 'There is no such person in your organization.')
    const { allowed, reason, rule, paths, flips } = explain(subject.principal, action, asset)
    const groupIds = asset === undefined ? [] : namedReaders(asset).groupIds
    const groups = await this.#options.listGroupNames(organizationId, groupIds)
    const around = asset === undefined ? [] : projectsAround(asset)
    const projects = await this.#options.listProjectNames(
      asker,
      around.map(({ id }) => id),
    )
    return {
      subject: subject.person,
      action,
      allowed,
      reason,
      rule,
      paths: paths.map(({ path, ids }) => ({
        path,
        groups: groups.filter(({ id }) => ids.includes(id)),
        projects: projects.filter(({ id }) => ids.includes(id)),
      })),
      flips: flips.map((flip) => ({ change: flip.change, sentence: describeFlip(flip, groups, projects) })),
    }
  }

  /** How many people have access to each of these; what the asker may not know of is left out. */
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
  async #findAsset(asker: UserPrincipal, text: string): Promise<ShareableAsset> {
    const kind = SHAREABLE_KINDS.find((candidate) => text.startsWith(`${candidate}:`))
    const found = kind && (await this.#options.kinds[kind].listShareable([text.slice(kind.length + 1)]))[0]
    const isKnown =
      found?.asset.organizationId === asker.organizationId &&
      (can(asker, READ_ACTION[found.asset.kind], found.asset).allowed || can(asker, 'user.inspect').allowed)
    if (!found || !isKnown) throw new AppError('not_found', 'There is no such asset, or it is not shared with you.')
    return found.asset
  }
}

const WHOM = { organization: 'the organization', user: 'them by name', public: 'everybody', group: 'a group' } as const

function readAction({ action }: ExplainQuery): Action {
  if (Object.hasOwn(ACTIONS, action)) return action as Action
  throw new AppError('invalid_request', `There is no action called "${action}".`)
}

function wrongAsset(action: Action): AppError {
  const { kind } = ACTIONS[action]
  const sentence =
    kind === null ? `The action ${action} is about no asset. Leave it out.` : `The action ${action} needs a ${kind}.`
  return new AppError('invalid_request', sentence)
}

function describeFlip(flip: Flip, groups: readonly GroupName[], projects: readonly ProjectName[]): string {
  switch (flip.change) {
    case 'role':
      return `If their role were ${flip.to}.`
    case 'own':
      return flip.to ? 'If they owned it.' : 'If somebody else owned it.'
    case 'membership': {
      const name = groups.find(({ id }) => id === flip.groupId)?.name ?? 'a group'
      return flip.to ? `If they were in the group "${name}".` : `If they left the group "${name}".`
    }
    case 'collaborative':
      return flip.to
        ? 'If its owner let those edit it who may open it.'
        : 'If its owner did not let those edit it who may open it.'
    case 'password':
      return flip.to ? 'If a password stood before its public link.' : 'If no password stood before its public link.'
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
