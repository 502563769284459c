import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import type { DirectoryGroups } from '../groups/directory-groups.ts'
import type { RoleMappingService } from '../role-mapping/role-mapping-service.ts'
import type { FollowedDirectory } from '../users/user-change-service.ts'
import type { UserService } from '../users/user-service.ts'
import type { ScimCaller } from './scim-caller.ts'
import { ScimError } from './scim-error.ts'
import { compileScimFilter, parseScimFilter } from './scim-filter.ts'
import { applyScimPatch, isObject, type Resource } from './scim-patch.ts'
import { type ListQuery, requireVersion, type ScimList, toList } from './scim-protocol.ts'
import { GROUP_FILTERS, type GroupMemberRow, type ScimGroupRow, type ScimStore } from './scim-store.ts'

export const GROUP_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const GROUP_ATTRIBUTES = ['displayName', 'externalId', 'members']
const MAX_MEMBERS = 20_000

export interface ScimGroupServiceOptions {
  readonly scim: ScimStore
  readonly store: Store
  readonly groups: DirectoryGroups
  readonly users: UserService
  readonly roleMapping: RoleMappingService
  readonly clock: Clock
}

interface GroupValues {
  readonly displayName: string
  readonly externalId: string | null
  readonly memberIds: readonly string[]
}

/** The groups of an organization as its directory sees them: those that it made, and who is in them. */
export class ScimGroupService {
  readonly #options: ScimGroupServiceOptions

  constructor(options: ScimGroupServiceOptions) {
    this.#options = options
  }

  async list({ organizationId, baseUrl }: ScimCaller, query: ListQuery): Promise<ScimList> {
    const { scim } = this.#options
    const filter = query.filter === undefined ? null : compileScimFilter(parseScimFilter(query.filter), GROUP_FILTERS)
    const { rows, total } = await scim.listGroups(organizationId, filter, query.window)
    const members = await scim.listMembers(rows.map((row) => row.group_id))
    return toList(
      rows.map((row) => toResource(row, members.get(row.group_id) ?? [], baseUrl)),
      total,
      query,
    )
  }

  async get({ organizationId, baseUrl }: ScimCaller, id: string): Promise<Resource> {
    const { scim } = this.#options
    const row = await scim.findGroup(organizationId, id)
    if (row === null) throw groupNotFound()
    return toResource(row, (await scim.listMembers([id])).get(id) ?? [], baseUrl)
  }

  /** Throws `uniqueness` when the directory has made such a group already. */
  async create(caller: ScimCaller, body: unknown): Promise<Resource> {
    const values = readGroup(body)
    const id = await this.#change(caller, async (transaction) => {
      const { clock, groups, scim } = this.#options
      const { organizationId, requestId } = caller
      await this.#requireFree(transaction, organizationId, values, null)
      const made = await groups.make(transaction, {
        organizationId,
        name: values.displayName,
        externalId: values.externalId,
        requestId,
      })
      const now = clock.now()
      await scim.insertGroup(transaction, {
        group_id: made,
        organization_id: organizationId,
        display_name: values.displayName,
        external_id: values.externalId,
        version: 1,
        created_at: now,
        updated_at: now,
      })
      return { result: made, affected: await this.#setMembers(transaction, caller, made, [], values.memberIds) }
    })
    return this.get(caller, id)
  }

  async replace(caller: ScimCaller, id: string, body: unknown, ifMatch: string | undefined): Promise<Resource> {
    // Okta leaves the members out when it renames a group.
    const isSilent = isObject(body) && body.members === undefined
    return this.#update(caller, id, ifMatch, (present) =>
      isSilent ? { ...(body as Resource), members: present.members } : body,
    )
  }

  async patch(caller: ScimCaller, id: string, body: unknown, ifMatch: string | undefined): Promise<Resource> {
    return this.#update(caller, id, ifMatch, (present) => applyScimPatch(present, body, GROUP_ATTRIBUTES))
  }

  /** Deletes a group, with every share with it. Throws 409 while a role follows from it. */
  async remove(caller: ScimCaller, id: string, ifMatch: string | undefined): Promise<void> {
    await this.#change(caller, async (transaction) => {
      const { groups, scim } = this.#options
      const { organizationId, requestId } = caller
      const row = await scim.findGroup(organizationId, id, transaction)
      if (row === null) throw groupNotFound()
      requireVersion(row.version, ifMatch)
      const members = (await scim.listMembers([id], transaction)).get(id) ?? []
      await groups.remove(transaction, { organizationId, id, requestId })
      return { result: id, affected: members.map((member) => member.id) }
    })
  }

  async #update(
    caller: ScimCaller,
    id: string,
    ifMatch: string | undefined,
    change: (present: Resource) => unknown,
  ): Promise<Resource> {
    await this.#change(caller, async (transaction) => {
      const { clock, groups, scim } = this.#options
      const { organizationId, requestId } = caller
      const row = await scim.findGroup(organizationId, id, transaction)
      if (row === null) throw groupNotFound()
      requireVersion(row.version, ifMatch)
      const before = ((await scim.listMembers([id], transaction)).get(id) ?? []).map((member) => member.id)
      const values = readGroup(
        change({
          displayName: row.display_name,
          externalId: row.external_id,
          members: before.map((value) => ({ value })),
        }),
      )
      await this.#requireFree(transaction, organizationId, values, id)
      if (values.displayName !== row.display_name) {
        await groups.rename(transaction, { organizationId, id, name: values.displayName, requestId })
      }
      await scim.updateGroup(transaction, id, {
        display_name: values.displayName,
        external_id: values.externalId,
        updated_at: clock.now(),
      })
      return { result: id, affected: await this.#setMembers(transaction, caller, id, before, values.memberIds) }
    })
    return this.get(caller, id)
  }

  /** Runs a change under the lock of the organization's people, and lets roles follow for those whom it affected. */
  async #change<Result>(
    caller: ScimCaller,
    run: (transaction: Store) => Promise<{ result: Result; affected: readonly string[] }>,
  ): Promise<Result> {
    const { roleMapping, store, users } = this.#options
    const { organizationId, requestId } = caller
    const { result, followed } = await store.transaction().execute(async (transaction) => {
      await users.holdSeats(transaction, organizationId)
      const { result: done, affected } = await run(transaction)
      const nothing: FollowedDirectory = { isChanged: false, dispossessed: [] }
      if (affected.length === 0) return { result: done, followed: nothing }
      const how = { isRefusalThrown: true, requestId }
      const roles = await roleMapping.follow(transaction, organizationId, affected, how)
      return { result: done, followed: { ...roles, isChanged: true } }
    })
    if (followed.isChanged) await roleMapping.noteFollowed(followed)
    return result
  }

  async #requireFree(
    transaction: Store,
    organizationId: string,
    values: GroupValues,
    exceptId: string | null,
  ): Promise<void> {
    if (!(await this.#options.scim.isGroupTaken(transaction, organizationId, values, exceptId))) return
    const detail = 'The directory has another group with this displayName or externalId.'
    throw new ScimError(409, detail, 'uniqueness', 'scim.group-taken')
  }

  /** Those who came or went. */
  async #setMembers(
    transaction: Store,
    caller: ScimCaller,
    id: string,
    before: readonly string[],
    after: readonly string[],
  ): Promise<string[]> {
    const { clock, groups, scim, users } = this.#options
    const { organizationId, requestId } = caller
    const joined = after.filter((member) => !before.includes(member))
    const left = before.filter((member) => !after.includes(member))
    const affected = [...joined, ...left]
    if (affected.length === 0) return []
    const known = new Set(await scim.listKnownUsers(transaction, organizationId, joined))
    const unknown = joined.find((member) => !known.has(member))
    if (unknown !== undefined) {
      const detail = `The member ${unknown.slice(0, 100)} is nobody of the directory.`
      throw new ScimError(400, detail, 'invalidValue')
    }
    await users.holdPeople(transaction, organizationId, affected)
    await groups.changeMembers(transaction, { organizationId, id, joined, left, requestId })
    for (const member of affected) await users.noteDirectory(transaction, member, clock.now())
    return affected
  }
}

function readGroup(body: unknown): GroupValues {
  const sent = isObject(body) ? body : {}
  const resource: Resource = {}
  for (const [key, value] of Object.entries(sent)) {
    const name = GROUP_ATTRIBUTES.find((candidate) => candidate.toLowerCase() === key.toLowerCase())
    if (name !== undefined) resource[name] = value
  }
  const displayName = readText(resource.displayName, 'displayName')
  if (displayName === null) throw refuse('The attribute displayName is required.')
  const members = resource.members ?? []
  if (!Array.isArray(members) || members.length > MAX_MEMBERS) {
    throw refuse(`The attribute members is a list of at most ${MAX_MEMBERS}.`)
  }
  const memberIds = members.map((member: unknown) => {
    if (isObject(member) && member.type !== undefined && String(member.type).toLowerCase() === 'group') {
      throw refuse('Groups within groups are not supported.')
    }
    const value = isObject(member) ? member.value : member
    if (typeof value !== 'string' || value === '') throw refuse('Each member has a value, the id of a person.')
    return value
  })
  return { displayName, externalId: readText(resource.externalId, 'externalId'), memberIds: [...new Set(memberIds)] }
}

function readText(value: unknown, name: string): string | null {
  if (value === undefined || value === null) return null
  if (typeof value !== 'string') throw refuse(`The attribute ${name} is a text.`)
  const text = value.trim()
  if (text.length > 254 || /\p{Cc}/u.test(text) || !text.isWellFormed()) {
    throw refuse(`The attribute ${name} is too long, or holds control characters.`)
  }
  return text === '' ? null : text
}

function refuse(detail: string): ScimError {
  return new ScimError(400, detail, 'invalidValue')
}

function toResource(row: ScimGroupRow, members: readonly GroupMemberRow[], baseUrl: string): Resource {
  return {
    schemas: [GROUP_SCHEMA],
    id: row.group_id,
    ...(row.external_id === null ? {} : { externalId: row.external_id }),
    displayName: row.display_name,
    members: members.map(({ id, name }) => ({
      value: id,
      display: name,
      type: 'User',
      $ref: `${baseUrl}/Users/${id}`,
    })),
    meta: {
      resourceType: 'Group',
      created: row.created_at.toISOString(),
      lastModified: row.updated_at.toISOString(),
      location: `${baseUrl}/Groups/${row.group_id}`,
      version: `W/"${row.version}"`,
    },
  }
}

function groupNotFound(): ScimError {
  return new ScimError(404, 'There is no such group in the directory.')
}
