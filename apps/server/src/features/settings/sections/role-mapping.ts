import type { RoleMappingBody, RoleMappingDocument } from '@graticule/contract'
import { isStronger } from '@graticule/policy'
import type { Store } from '../../../platform/db/database.ts'
import type { RoleMappingService } from '../../role-mapping/role-mapping-service.ts'
import type { UserService } from '../../users/user-service.ts'
import type { SettingsSection } from '../section.ts'

/** Which roles follow from which groups; people and groups by what people call them. */
export function roleMappingSection(
  roleMapping: RoleMappingService,
  users: UserService,
): SettingsSection<'roleMapping'> {
  /** The mapping with the ids of what the document names, and a sentence for each name that nothing has. */
  async function resolve(organizationId: string, transaction: Store, document: RoleMappingDocument) {
    const problems: string[] = []
    const { groups } = await roleMapping.read(organizationId, transaction)
    const roles: RoleMappingBody['roles'] = []
    for (const { group: name, role } of document.groups) {
      const group = groups.find((candidate) => isSameName(candidate.name, name))
      if (group === undefined) problems.push(`There is no group "${name}" that a directory keeps.`)
      else if (roles.some(({ groupId }) => groupId === group.id)) problems.push(`The group "${name}" is named twice.`)
      else roles.push({ groupId: group.id, role })
    }
    let custodianId: string | null = null
    if (document.custodian !== null) {
      const email = document.custodian
      const people = await users.listPrincipals(organizationId, transaction)
      const found = people.filter(({ person }) => isSameName(person.email, email))
      if (found.length !== 1) {
        const many = found.length === 0 ? 'Nobody here has' : 'Several people have'
        problems.push(`${many} the e-mail ${email} of the asset custodian.`)
      }
      custodianId = found[0]?.person.id ?? null
    }
    const { enabled, defaultRole } = document
    return { body: { enabled, defaultRole, custodianId, roles }, problems }
  }

  return {
    name: 'roleMapping',
    action: 'role-mapping.manage',
    async read(organizationId, transaction) {
      const { enabled, defaultRole, custodian, groups } = await roleMapping.read(organizationId, transaction)
      const mapped = groups.flatMap(({ name, role }) => (role === null ? [] : [{ group: name, role }]))
      return inOrder({ enabled, defaultRole, custodian: custodian?.email ?? null, groups: mapped })
    },
    fingerprint: inOrder,
    async hold(organizationId, transaction, next) {
      const { custodianId } = (await resolve(organizationId, transaction, next)).body
      await roleMapping.holdEverybody(transaction, organizationId, custodianId === null ? [] : [custodianId])
    },
    async plan(transaction, { organizationId, next }) {
      const { body, problems } = await resolve(organizationId, transaction, next)
      if (problems.length > 0) return { effects: [], problems }
      const plan = await roleMapping.planWithin(transaction, organizationId, body)
      const effects = plan.changes.map(({ person, from, to, handsOver }) => ({
        kind: isStronger(to, from) ? ('gain' as const) : ('loss' as const),
        name: person.name,
        sentence: `${from} → ${to}.${handsOver ? ' What they own goes to the asset custodian.' : ''}`,
      }))
      return { effects, problems: plan.problems }
    },
    async apply(transaction, { next, ...change }) {
      const { body } = await resolve(change.organizationId, transaction, next)
      const followed = await roleMapping.saveWithin(transaction, change, body)
      return () => roleMapping.noteSaved(followed)
    },
  }
}

/** The section with its groups in one order, as they mean the same in any. */
function inOrder({ groups, ...rest }: RoleMappingDocument): RoleMappingDocument {
  return { ...rest, groups: [...groups].sort((a, b) => (a.group < b.group ? -1 : 1)) }
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
