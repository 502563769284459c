import { AppError } from '@graticule/contract'
import { SYSTEM_ACTOR } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import type { OrganizationRow } from '../../platform/db/tables.ts'
import {
  deleteOrganization,
  demandTypedName,
  type LifeChange,
  type OrganizationLife,
  restoreOrganization,
  suspendOrganization,
} from './organization-life.ts'
import type { OrganizationStore } from './organization-store.ts'

export interface OperatorOptions extends OrganizationLife {
  readonly store: Store
  readonly clock: Clock
}

/** A line for each organization of the installation. */
export async function describeOrganizations({ organizations }: OperatorOptions): Promise<string> {
  const rows = await organizations.listAll()
  if (rows.length === 0) return 'There is no organization yet.'
  return rows.map(describe).join('\n')
}

/** Shuts an organization until it is restored. Answers the sentence to print. */
export async function suspendByOperator(options: OperatorOptions, idOrName: string): Promise<string> {
  const row = await findOrganization(options.organizations, idOrName)
  const at = options.clock.now()
  await options.store
    .transaction()
    .execute((transaction) => suspendOrganization(transaction, options, changeOf(row), at))
  return `Nobody can enter "${row.name}" until it is restored.`
}

/** Lets everybody of an organization in again. Answers the sentence to print. */
export async function restoreByOperator(options: OperatorOptions, idOrName: string): Promise<string> {
  const row = await findOrganization(options.organizations, idOrName)
  await options.store.transaction().execute((transaction) => restoreOrganization(transaction, options, changeOf(row)))
  return `"${row.name}" is restored: everybody can enter it as before.`
}

/** Removes an organization and everything of it, once its name is typed beside its id. Answers the sentence to print. */
export async function deleteByOperator(options: OperatorOptions, id: string, typedName: string): Promise<string> {
  const row = await findOrganization(options.organizations, id)
  demandTypedName(row.name, typedName)
  await options.store.transaction().execute((transaction) => deleteOrganization(transaction, options, changeOf(row)))
  return `"${row.name}" (${row.id}) and everything in it is deleted.`
}

/** The one that the operator names. Throws `not_found` for none, `conflict` for a name that several have. */
export async function findOrganization(organizations: OrganizationStore, idOrName: string): Promise<OrganizationRow> {
  const [found, namesake] = await organizations.listNamed(idOrName)
  if (found === undefined)
    throw new AppError('not_found', `There is no organization "${idOrName}"; nothing was changed.`)
  if (namesake !== undefined) {
    throw new AppError(
      'conflict',
      `Several organizations are called "${idOrName}": name one by its id, such as ${found.id}.`,
      { details: { rule: 'organization.ambiguous' } },
    )
  }
  return found
}

/** How the change of the operator stands in the log. */
export function changeOf({ id }: OrganizationRow): LifeChange {
  return { organizationId: id, actor: SYSTEM_ACTOR, requestId: 'command-line' }
}

function describe(row: OrganizationRow & { readonly people: number }): string {
  const people = row.people === 1 ? '1 person' : `${row.people} people`
  return [row.id, row.name, people, ...(row.suspended_at === null ? [] : ['suspended'])].join('  ')
}
