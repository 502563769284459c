import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { type ActivityLog, SYSTEM_ACTOR } from '../activity/activity-log.ts'
import type { Store } from '../db/database.ts'
import { listServerKeys, type ServerKeys } from './key-follower.ts'
import { type KeyRing, keyIdOf } from './key-ring.ts'
import type { KeySource } from './key-sources/key-source.ts'
import { listSealingKeys, resealColumn, type SealingCount } from './resealing.ts'
import { SEALED_COLUMNS, type SealedColumn } from './sealed-columns.ts'
import { openRing, openSealingRing, requireRing, requireStoreKey, StoreKeyError } from './store-key.ts'

/** Longer than a server that was killed is waited for, in milliseconds. */
const SERVER_PATIENCE_MS = 35_000
const LOOK_EVERY_MS = 500
/** What was sealed before the change is written by then, in milliseconds. */
const SETTLED_AFTER_MS = 10 * 60_000
/** In a pass after the last, nothing may be left; servers write while passes run. */
const MAX_PASSES = 20

export interface KeyRotationOptions {
  readonly store: Store
  readonly source: KeySource
  readonly activity: ActivityLog
  /** True when no server can be running on the store. */
  readonly isAlone: boolean
}

/** Which key seals what, and who has which key. */
export interface KeyStatus {
  readonly keyId: string
  /** All that this process has, the newest first. */
  readonly keyIds: readonly string[]
  readonly columns: readonly { readonly name: string; readonly counts: readonly SealingCount[] }[]
  readonly servers: readonly ServerKeys[]
  /** The keys that this process has and nothing needs. */
  readonly unused: readonly string[]
}

export interface RetiredKeys extends KeyStatus {
  /** Where the unused keys lie now; null when they were not moved. */
  readonly movedTo: string | null
}

export interface RotationResult {
  readonly keyId: string
  /** False when a change that had been begun was carried to its end. */
  readonly isChanged: boolean
  readonly values: number
}

const COLUMNS: readonly SealedColumn[] = Object.values(SEALED_COLUMNS)

/** Tells which key seals what. */
export async function readKeyStatus({ store, source, isAlone }: KeyRotationOptions): Promise<KeyStatus> {
  const ring = await openRing(source)
  const { key_id: keyId, next_key_id: nextKeyId } = await requireStoreKey(store)
  const columns = []
  const used = new Set([keyId, nextKeyId])
  for (const column of COLUMNS) {
    const counts = await listSealingKeys(store, column)
    columns.push({ name: `${column.table}.${column.column}`, counts })
    if (!column.isDispensable) for (const { keyId: sealing } of counts) used.add(sealing)
  }
  const servers = isAlone ? [] : await listServerKeys(store)
  for (const { sealingKeyId } of servers) used.add(sealingKeyId)
  return { keyId, keyIds: ring.keyIds, columns, servers, unused: ring.keyIds.filter((id) => !used.has(id)) }
}

/**
 * Changes the master key and seals everything anew, while servers run. Until a server has followed, it seals with the key
 * of before, which everybody still has. Begun once and ended anywhere, it is carried to its end by the next call.
 */
export async function rotateKeys(options: KeyRotationOptions): Promise<RotationResult> {
  const { store } = options
  const ring = await openRing(options.source)
  const before = await requireStoreKey(store)
  requireRing(ring, before.key_id)
  const nextKeyId = await chooseNext(options, ring)
  if (nextKeyId !== null) {
    await waitForServers(options, ({ keyIds }) => keyIds.includes(nextKeyId), nextKeyId)
    await change(options, before.key_id, nextKeyId)
  }
  const keyId = nextKeyId ?? before.key_id
  ring.sealWith(keyId)
  await waitForServers(options, ({ sealingKeyId }) => sealingKeyId === keyId, keyId)
  return { keyId, isChanged: nextKeyId !== null, values: await resealAll(store, ring) }
}

/** Takes the keys that nothing needs away from where they are read; where only the operator can do so, tells which. */
export async function retireKeys(options: KeyRotationOptions): Promise<RetiredKeys> {
  const { activity, isAlone, source, store } = options
  const { ring, changedAt, keyId } = await openSealingRing(store, source)
  await resealAll(store, ring)
  if (!isAlone && changedAt !== null) await requireSettled(store)
  const { movedTo, status } = await store.transaction().execute(async (transaction) => {
    // Whoever chooses or changes to another key waits, or its key would be written over here.
    await lockStoreKey(transaction)
    const status = await readKeyStatus({ ...options, store: transaction })
    if (status.unused.length === 0 || source.editor === null) return { status, movedTo: null }
    return { status, movedTo: await source.editor.keepKeys((key) => !status.unused.includes(keyIdOf(key))) }
  })
  if (movedTo === null) return { ...status, movedTo }
  await activity.record(store, {
    organizationId: null,
    actor: SYSTEM_ACTOR,
    type: 'master-key.retired',
    assetType: 'master-key',
    assetId: keyId,
    details: { retired: status.unused },
  })
  return { ...status, movedTo }
}

/**
 * The key to change to; null when the newest one seals already and there is something left to be sealed with it. Whoever
 * comes at the same moment waits, so that one key is made and not two.
 */
async function chooseNext({ source, store }: KeyRotationOptions, ring: KeyRing): Promise<string | null> {
  return store.transaction().execute(async (transaction) => {
    const row = await lockStoreKey(transaction)
    ring.add(await source.read())
    if (row.next_key_id !== null && ring.has(row.next_key_id)) return row.next_key_id
    let [newest] = (await source.read()).map(keyIdOf)
    if (newest === row.key_id) {
      if (await isAnythingLeft(transaction, row.key_id)) return null
      if (source.editor === null) {
        throw new StoreKeyError(
          `Everything is sealed with the newest key of ${source.name} already; to change it, put a fresh one before it, with a comma or a line between, and give both to every server.`,
        )
      }
      await source.editor.addKey(false)
      const keys = await source.read()
      ring.add(keys)
      newest = keys.map(keyIdOf)[0]
    }
    await transaction
      .updateTable('store_key')
      .set({ next_key_id: newest ?? null })
      .where('id', '=', 1)
      .execute()
    return newest ?? null
  })
}

/** Whoever chooses a key, or takes keys away, waits for whoever does so already. */
function lockStoreKey(transaction: Store) {
  return transaction.selectFrom('store_key').selectAll().where('id', '=', 1).forUpdate().executeTakeFirstOrThrow()
}

/** From here on the new key must never be lost, so it is looked for once more where it is kept. */
async function change({ activity, source, store }: KeyRotationOptions, from: string, to: string): Promise<void> {
  const kept = (await source.read()).map(keyIdOf)
  if (!kept.includes(to)) throw new StoreKeyError(`The key ${to} is no longer in ${source.name}; begin again.`)
  await store.transaction().execute(async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable('store_key')
      .set({ key_id: to, next_key_id: null, changed_at: sql<Date>`now()` })
      .where('key_id', '=', from)
      .executeTakeFirst()
    // Somebody else has changed it meanwhile.
    if (numUpdatedRows === 0n) return
    await activity.record(transaction, {
      organizationId: null,
      actor: SYSTEM_ACTOR,
      type: 'master-key.changed',
      assetType: 'master-key',
      assetId: to,
      details: { from },
    })
  })
}

async function waitForServers(
  { isAlone, store }: KeyRotationOptions,
  isReady: (server: ServerKeys) => boolean,
  keyId: string,
): Promise<void> {
  if (isAlone) return
  const deadline = performance.now() + SERVER_PATIENCE_MS
  for (;;) {
    const waiting = (await listServerKeys(store)).filter((server) => !isReady(server))
    if (waiting.length === 0) return
    if (performance.now() > deadline) {
      const names = waiting.map(({ serverId }) => serverId).join(', ')
      throw new StoreKeyError(
        `Not every server has the key ${keyId}: ${names}; give it to them beside the one they have, restart those that have it in the environment and run this again, and until then everything stays as it is.`,
      )
    }
    await sleep(LOOK_EVERY_MS)
  }
}

/** Throws when there are values of a known key left, with the rows that did not open. */
async function resealAll(store: Store, ring: KeyRing): Promise<number> {
  let values = 0
  for (let pass = 1; ; pass++) {
    const failed: string[] = []
    let found = 0
    for (const column of COLUMNS) {
      const resealed = await resealColumn(store, ring, column)
      found += resealed.values
      if (column.isDispensable) continue
      failed.push(...resealed.failed.map((row) => `${column.table}.${column.column} of ${row}`))
    }
    values += found
    if (found > 0 && pass < MAX_PASSES) continue
    if (failed.length === 0) return values
    const some = failed.slice(0, 5).join('; ')
    throw new StoreKeyError(
      `${values} secrets were sealed anew, but ${failed.length} do not open with any key of this server: ${some}; add the key that they name, or have them entered again.`,
    )
  }
}

async function isAnythingLeft(store: Store, keyId: string): Promise<boolean> {
  for (const column of COLUMNS.filter(({ isDispensable }) => !isDispensable)) {
    if ((await listSealingKeys(store, column)).some((count) => count.keyId !== keyId)) return true
  }
  return false
}

async function requireSettled(store: Store): Promise<void> {
  const row = await store
    .selectFrom('store_key')
    .select('key_id')
    .where('changed_at', '>', sql<Date>`now() - make_interval(secs => ${SETTLED_AFTER_MS / 1_000})`)
    .executeTakeFirst()
  if (row === undefined) return
  throw new StoreKeyError(
    'The master key changed less than ten minutes ago, and what was sealed just before may still be on its way; run this again later.',
  )
}
