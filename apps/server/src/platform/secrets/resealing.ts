import { sql } from 'kysely'
import type { Store } from '../db/database.ts'
import type { KeyRing } from './key-ring.ts'
import type { SealedColumn } from './sealed-columns.ts'
import { SecretBox } from './secret-box.ts'

const BATCH = 200

/** How many values of a column a key seals. */
export interface SealingCount {
  readonly keyId: string
  readonly values: number
}

/** What became of a column whose values were to be sealed with the newest key. */
export interface Resealed {
  readonly values: number
  /** Which values did not open, by the ids of their rows. */
  readonly failed: readonly string[]
}

/** Which keys have sealed the values of a column. */
export async function listSealingKeys(store: Store, { table, column }: SealedColumn): Promise<SealingCount[]> {
  const { rows } = await sql<{ keyId: string; values: string }>`
    SELECT ${keyIdIn(column)} AS "keyId", count(*) AS "values" FROM ${sql.table(table)}
    WHERE ${sql.ref(column)} IS NOT NULL GROUP BY 1 ORDER BY 1`.execute(store)
  return rows.map(({ keyId, values }) => ({ keyId, values: Number(values) }))
}

/**
 * Seals the values of a column anew that are not sealed with the key that seals now. Each is exchanged by itself and only
 * for what was read: what somebody else writes meanwhile stays, and an end in the middle leaves values that open.
 */
export async function resealColumn(store: Store, ring: KeyRing, sealed: SealedColumn): Promise<Resealed> {
  const box = new SecretBox(ring)
  const { table, column, keys } = sealed
  const failed: string[] = []
  let values = 0
  let after: readonly string[] | null = null
  for (;;) {
    const rows: readonly Readonly<Record<string, string>>[] = await readBatch(store, sealed, box.keyId, after)
    for (const row of rows) {
      const ids = keys.map((key) => row[key] ?? '')
      const before = row[column] ?? ''
      const anew = sealAnew(box, sealed, ids, before)
      if (anew === null) {
        failed.push(ids.join(', '))
        continue
      }
      const isRow = sql.join([...keys.map((key, index) => sql`${sql.ref(key)} = ${ids[index]}`)], sql` AND `)
      const { numAffectedRows = 0n } = await sql`
        UPDATE ${sql.table(table)} SET ${sql.ref(column)} = ${anew}
        WHERE ${isRow} AND ${sql.ref(column)} = ${before}`.execute(store)
      values += Number(numAffectedRows)
    }
    const last = rows.at(-1)
    if (last === undefined) return { values, failed }
    after = keys.map((key) => last[key] ?? '')
  }
}

async function readBatch(
  store: Store,
  { table, column, keys }: SealedColumn,
  keyId: string,
  after: readonly string[] | null,
): Promise<readonly Readonly<Record<string, string>>[]> {
  const place = sql`(${sql.join(keys.map((key) => sql.ref(key)))})`
  const { rows } = await sql<Readonly<Record<string, string>>>`
    SELECT ${sql.join([...keys, column].map((name) => sql.ref(name)))} FROM ${sql.table(table)}
    WHERE ${sql.ref(column)} IS NOT NULL AND ${keyIdIn(column)} <> ${keyId}
      ${after === null ? sql`` : sql`AND ${place} > (${sql.join(after)})`}
    ORDER BY ${sql.join(keys.map((key) => sql.ref(key)))} LIMIT ${BATCH}`.execute(store)
  return rows
}

function sealAnew(box: SecretBox, column: SealedColumn, ids: readonly string[], value: string): string | null {
  const context = column.in(...ids)
  try {
    return box.seal(box.open(value, context), context)
  } catch {
    return null
  }
}

/** The second of the four parts of a sealed value; the later ones may be long. */
function keyIdIn(column: string) {
  return sql<string>`split_part(substr(${sql.ref(column)}, 1, 40), '.', 2)`
}
