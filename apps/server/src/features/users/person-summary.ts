import { type Permission, type PersonSummary, ROLES } from '@graticule/contract'
import {
  ADMIN_ROLES,
  can,
  DELETIONS,
  type Decision,
  type Deletion,
  decideDeletion,
  decideFactorReset,
  decidePasswordLink,
  decideRoleChange,
  type PersonFacts,
  ROLE_TRANSITIONS,
  type UserPrincipal,
} from '@graticule/policy'
import type { UserRow } from '../../platform/db/tables.ts'
import type { Headcount, ListedPerson } from './user-store.ts'

export const NO_SECOND_FACTOR = 'This person has no second factor.'

/** The facts about somebody active that decisions rest on. */
export function factsOf(person: Pick<UserRow, 'id' | 'organization_id' | 'role' | 'support_grant_id'>): PersonFacts {
  return {
    id: person.id,
    organizationId: person.organization_id,
    role: person.role,
    isActive: true,
    isSupport: person.support_grant_id !== null,
  }
}

/** A person as the asker may know them, with what the asker may do about them when they receive what is handed over. */
export function summarizePerson(principal: UserPrincipal, person: ListedPerson, headcount: Headcount): PersonSummary {
  const { admins, breakGlassUserId, rolesFollowGroups, seats } = headcount
  const ownsAssets = person.owns_anything
  const deletion: Deletion = {
    person: factsOf(person),
    receiver: { id: principal.userId, organizationId: principal.organizationId, role: principal.role, isActive: true },
    ownsAssets,
    otherAdminCount: ADMIN_ROLES.includes(person.role) && person.support_grant_id === null ? admins - 1 : admins,
    isBreakGlass: person.id === breakGlassUserId,
  }
  const permission = (decision: Decision, needsReceiver: boolean) =>
    decision.allowed
      ? { allowed: true, needsReceiver: needsReceiver && ownsAssets }
      : { allowed: false, reason: decision.reason, needsReceiver: false }
  return {
    id: person.id,
    name: person.name,
    email: person.email,
    role: person.role,
    ...(person.support_grant_id === null ? {} : { isSupport: true }),
    ...(can(principal, 'user.inspect').allowed ? inspect(person) : {}),
    permissions: {
      passwordLink: toPermission(decidePasswordLink(principal, deletion.person)),
      resetSecondFactor: person.has_second_factor
        ? toPermission(
            decideFactorReset(principal, { person: deletion.person, isBreakGlass: person.id === breakGlassUserId }),
          )
        : { allowed: false, reason: NO_SECOND_FACTOR },
      roles: ROLES.filter((role) => role !== person.role).map((role) => ({
        role,
        ...permission(
          decideRoleChange(principal, { ...deletion, to: role, seats, rolesFollowGroups }),
          ROLE_TRANSITIONS[person.role][role].needsReceiver,
        ),
      })),
      delete: permission(decideDeletion(principal, deletion), DELETIONS[person.role].needsReceiver),
    },
  }
}

function toPermission({ allowed, reason }: Decision): Permission {
  return allowed ? { allowed } : { allowed, reason }
}

function inspect(person: ListedPerson) {
  return {
    createdAt: person.created_at.toISOString(),
    lastSeenAt: person.last_seen_at?.toISOString() ?? null,
    managedBy: person.managed_by,
    mapCount: person.map_count,
    connectionCount: person.connection_count,
    workflowCount: person.workflow_count,
    applicationCount: person.application_count,
    projectCount: person.project_count,
    tokenCount: person.token_count,
    hasSecondFactor: person.has_second_factor,
    groups: person.group_names,
  }
}
