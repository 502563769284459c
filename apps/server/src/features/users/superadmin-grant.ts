import { AppError } from '@graticule/contract'
import { type ActivityLog, SYSTEM_ACTOR } from '../../platform/activity/activity-log.ts'
import type { Store } from '../../platform/db/database.ts'
import type { UserStore } from './user-store.ts'

export interface SuperadminGrantOptions {
  readonly store: Store
  readonly users: UserStore
  readonly activity: ActivityLog
}

/**
 * Makes a person a superadmin for whoever runs the installation, which needs no superadmin to ask. Answers the sentence
 * to print; throws `not_found` for an e-mail that nobody has, `conflict` for one that several organizations know.
 */
export async function grantSuperadmin(options: SuperadminGrantOptions, email: string): Promise<string> {
  const { store, users, activity } = options
  const [found, namesake] = await users.listActiveByEmail(email)
  if (found === undefined) throw nobody(email)
  if (found.support_grant_id !== null) {
    throw new AppError('conflict', `${email} is here by support access alone; nothing was changed.`, {
      details: { rule: 'superadmin-grant.support' },
    })
  }
  if (namesake !== undefined) {
    const names = `"${found.organization_name}" and "${namesake.organization_name}"`
    throw new AppError('conflict', `${email} is in several organizations, among them ${names}; nothing was changed.`, {
      details: { rule: 'superadmin-grant.ambiguous' },
    })
  }
  return store.transaction().execute(async (transaction) => {
    const people = await users.lockPeople(transaction, found.organization_id, [found.id])
    const person = people.find((candidate) => candidate.id === found.id)
    if (person === undefined) throw nobody(email)
    if (person.role === 'superadmin') return `${person.email} is a superadmin of "${found.organization_name}" already.`
    await users.setRole(transaction, person.id, 'superadmin')
    await activity.record(transaction, {
      organizationId: found.organization_id,
      actor: SYSTEM_ACTOR,
      type: 'user.role-changed',
      assetType: 'user',
      assetId: person.id,
      requestId: 'command-line',
      details: { email: person.email, from: person.role, to: 'superadmin' },
    })
    return `${person.email} is now a superadmin of "${found.organization_name}".`
  })
}

function nobody(email: string): AppError {
  return new AppError('not_found', `Nobody with the e-mail ${email} is here; nothing was changed.`)
}
