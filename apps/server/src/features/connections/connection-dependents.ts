import type { UserSummary } from '@graticule/contract'
import type { Principal } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import type { Store } from '../../platform/db/database.ts'
import type { Connection } from './connection.ts'

/** Something that stops working without a connection. */
export interface Dependent {
  readonly id: string
  readonly title: string
  readonly owner: UserSummary
  /** Whether whoever asks meets it in a list of theirs, and so may be told what it is. */
  readonly isListed: boolean
}

/** What names one connection is to name another, or itself by the name that it has now. */
export interface Repointing {
  readonly caller: UserCaller
  readonly from: Connection
  /** The names that are not to be used any more. */
  readonly names: readonly string[]
  readonly to: Connection
  /** The type of the event that this belongs to. */
  readonly cause: string
}

/**
 * A kind of thing that reads from connections. Whatever else comes to name one is a class like those of maps, workflows
 * and tokens, and a line in `app.ts`.
 */
export interface DependentKind {
  /** In the singular, as sentences say it. */
  readonly kind: string
  /** Those that read from the connection, whoever owns them, by title. */
  list(store: Store, asker: Principal, connection: Connection): Promise<Dependent[]>
  /** Makes all of them, deleted ones too, read from another connection, each with its event; returns how many did. */
  repoint(transaction: Store, repointing: Repointing): Promise<number>
  /** Deletes for good what of the kind rests in the trash and cannot be without the connection; says how many that were. */
  purgeResting?(transaction: Store, caller: UserCaller, connection: Connection): Promise<number>
  /** Called when a transaction that pointed some elsewhere is through. */
  onRepointed?(): void
}

/** What reads from a connection, by kind. */
export type Dependents = readonly { readonly kind: string; readonly found: readonly Dependent[] }[]

/** Asks every kind. */
export async function listDependents(
  kinds: readonly DependentKind[],
  store: Store,
  asker: Principal,
  connection: Connection,
): Promise<Dependents> {
  const all = []
  // One after the other: a transaction has one session.
  for (const kind of kinds) all.push({ kind: kind.kind, found: await kind.list(store, asker, connection) })
  return all
}

/** The sentence that refuses to delete a connection in use; null when nothing reads from it. */
export function describeDependents(name: string, dependents: Dependents): string | null {
  const parts = dependents.filter(({ found }) => found.length > 0).map(({ kind, found }) => countOf(found.length, kind))
  if (parts.length === 0) return null
  const isOne = dependents.reduce((sum, { found }) => sum + found.length, 0) === 1
  const subject = parts.length < 3 ? parts.join(' and ') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
  const them = isOne ? 'it' : 'them'
  return `${subject} ${isOne ? 'reads' : 'read'} from "${name}"; change or delete ${them} first, or choose a connection that takes its place.`
}

/** What the asker may know of what stands in the way: its name where they find it in a list, and how many more there are. */
export function showDependents(dependents: Dependents) {
  const all = dependents.flatMap(({ kind, found }) => found.map((dependent) => ({ kind, ...dependent })))
  const shown = all.filter(({ isListed }) => isListed)
  return {
    dependents: shown.map(({ kind, id, title, owner }) => ({ kind, id, title, owner })),
    hiddenCount: all.length - shown.length,
  }
}

/** Whose they are and how many of each kind, by name. */
export function countByOwner(
  dependents: Dependents,
): { readonly owner: UserSummary; readonly counts: Record<string, number> }[] {
  const owners = new Map<string, { readonly owner: UserSummary; readonly counts: Record<string, number> }>()
  for (const { kind, found } of dependents) {
    for (const { owner } of found) {
      const entry = owners.get(owner.id) ?? { owner, counts: {} }
      entry.counts[kind] = (entry.counts[kind] ?? 0) + 1
      owners.set(owner.id, entry)
    }
  }
  return [...owners.values()].sort((a, b) => a.owner.name.localeCompare(b.owner.name))
}

function countOf(count: number, one: string): string {
  return count === 1 ? `1 ${one}` : `${count} ${one}s`
}
