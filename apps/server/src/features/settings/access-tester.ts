import type { AccessTestReport, AccessTestResult, ExpectedAccess, UserSummary } from '@graticule/contract'
import { ACTIONS, type Action, can, SHAREABLE_KINDS, type ShareableAsset, type UserPrincipal } from '@graticule/policy'
import type { ShareableKinds } from '../sharing/shareable-assets.ts'

export interface AccessTesterOptions {
  readonly kinds: ShareableKinds
  readonly listPeople: (organizationId: string) => Promise<readonly { person: UserSummary; principal: UserPrincipal }[]>
  readonly listGroups: (organizationId: string) => Promise<readonly { readonly id: string; readonly name: string }[]>
}

interface Subject {
  readonly name: string
  readonly principal: UserPrincipal
}

/** Asks the policy whether people may do what somebody expects of them. */
export class AccessTester {
  readonly #options: AccessTesterOptions

  constructor(options: AccessTesterOptions) {
    this.#options = options
  }

  async run(organizationId: string, expectations: readonly ExpectedAccess[]): Promise<AccessTestReport> {
    const people = await this.#options.listPeople(organizationId)
    const groups = await this.#options.listGroups(organizationId)
    const subjects = people.map(({ person, principal }) => ({ name: person.name, email: person.email, principal }))
    const results: AccessTestResult[] = []
    for (const expected of expectations) {
      const asked = listSubjects(organizationId, expected, subjects, groups)
      results.push(await this.#check(organizationId, expected, asked))
    }
    const passed = results.filter((result) => result.passed).length
    return { passed, failed: results.length - passed, results }
  }

  async #check(
    organizationId: string,
    expected: ExpectedAccess,
    asked: readonly Subject[] | string,
  ): Promise<AccessTestResult> {
    const fail = (problem: string): AccessTestResult => ({ expected, passed: false, decisions: [], problem })
    if (typeof asked === 'string') return fail(asked)
    if (!Object.hasOwn(ACTIONS, expected.action)) return fail(`There is no action called "${expected.action}".`)
    const action = expected.action as Action
    const asset = await this.#findAsset(organizationId, expected.asset)
    if (expected.asset !== undefined && asset === undefined) return fail(`There is no asset ${expected.asset}.`)
    const { kind } = ACTIONS[action]
    if (kind !== (asset?.kind ?? null)) {
      return fail(kind === null ? `The action ${action} is about no asset.` : `The action ${action} needs a ${kind}.`)
    }
    const decisions = asked.map(({ name, principal }) => {
      const { allowed, reason } = can(principal, action, asset)
      return { name, allowed, reason }
    })
    return {
      expected,
      passed: decisions.every(({ allowed }) => allowed === expected.allowed),
      decisions,
      problem: null,
    }
  }

  async #findAsset(organizationId: string, text: string | undefined): Promise<ShareableAsset | undefined> {
    const kind = SHAREABLE_KINDS.find((candidate) => text?.startsWith(`${candidate}:`))
    if (kind === undefined || text === undefined) return undefined
    const [found] = await this.#options.kinds[kind].listShareable([text.slice(kind.length + 1)])
    return found?.asset.organizationId === organizationId ? found.asset : undefined
  }
}

/** Who is meant, or why nobody is. A role alone is somebody who owns nothing and is in no group. */
function listSubjects(
  organizationId: string,
  { person, role, group }: ExpectedAccess,
  people: readonly (Subject & { readonly email: string })[],
  groups: readonly { readonly id: string; readonly name: string }[],
): readonly Subject[] | string {
  if (person !== undefined) {
    const found = people.filter(({ email }) => email.toLowerCase() === person.toLowerCase())
    return found.length > 0 ? found : `Nobody here has the e-mail ${person}.`
  }
  if (group !== undefined) {
    const id = groups.find(({ name }) => name.toLowerCase() === group.toLowerCase())?.id
    if (id === undefined) return `There is no group "${group}".`
    const members = people.filter(({ principal }) => principal.groupIds.includes(id))
    return members.length > 0 ? members : `Nobody is in the group "${group}".`
  }
  if (role === undefined) return 'Name a person, a role or a group.'
  const principal: UserPrincipal = { kind: 'user', userId: '', organizationId, role, groupIds: [], sessionId: 'none' }
  return [{ name: `somebody with the role ${role}`, principal }]
}
