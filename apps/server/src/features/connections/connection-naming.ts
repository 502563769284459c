import { AppError, CONNECTION_LIMITS } from '@graticule/contract'
import type { Store } from '../../platform/db/database.ts'
import type { Connection } from './connection.ts'
import { findConnection, holdConnectionNames } from './connection-store.ts'

/** Names that would shadow a path of the API. */
const RESERVED_NAMES: ReadonlySet<string> = new Set(['public', 'jobs', 'test'])

/** Throws a sentence for a name that no connection can have. */
export function requireUsableName(name: string): void {
  if (!RESERVED_NAMES.has(name)) return
  throw new AppError('invalid_request', `"${name}" is reserved; choose another name for the connection.`)
}

/** Throws 409 when a connection answers to the name: its own, or one that it had before. */
export async function requireFreeName(store: Store, organizationId: string, name: string): Promise<void> {
  const found = await findConnection(store, organizationId, name)
  if (found) throw nameTaken(name, found.connection)
}

/** As `requireFreeName`, and nobody else can take it before the transaction ends. Call it before anything is locked. */
export async function holdFreeName(transaction: Store, organizationId: string, name: string): Promise<void> {
  await holdConnectionNames(transaction, organizationId)
  await requireFreeName(transaction, organizationId, name)
}

/** A name is taken by a connection that has it, or had it and still answers to it. */
export function nameTaken(name: string, holder?: Connection): AppError {
  const sentence =
    holder === undefined || holder.name === name
      ? `There is already a connection called "${name}"; choose another name.`
      : `"${name}" is an earlier name of the connection "${holder.name}", which still answers to it; choose another name, or take it off there first.`
  return new AppError('conflict', sentence, { details: { rule: 'connection.name' } })
}

/** The aliases after an edit: what it keeps, and the name that it replaces. */
export function aliasesAfter(
  connection: Connection,
  { name, aliases }: { readonly name?: string | undefined; readonly aliases?: readonly string[] | undefined },
): string[] {
  const unknown = aliases?.find((alias) => !connection.aliases.includes(alias))
  if (unknown !== undefined) {
    throw new AppError(
      'invalid_request',
      `"${unknown}" is not an earlier name of "${connection.name}"; aliases come from renaming and can only be taken off.`,
    )
  }
  const kept = connection.aliases.filter((alias) => aliases === undefined || aliases.includes(alias))
  if (name === undefined || name === connection.name) return kept
  // Back to a name that it had before.
  const after = [connection.name, ...kept.filter((alias) => alias !== name)]
  if (after.length > CONNECTION_LIMITS.aliases) {
    throw new AppError(
      'rule_violated',
      `A connection keeps ${CONNECTION_LIMITS.aliases} earlier names at most; take one off that nobody uses any more.`,
      { details: { rule: 'connection.aliases' } },
    )
  }
  return after
}
