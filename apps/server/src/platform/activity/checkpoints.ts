import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { canonicalJson } from '../cache/cache-key.ts'
import type { Clock } from '../clock/clock.ts'
import type { Store } from '../db/database.ts'
import type { CheckpointKeys, SignedText } from './checkpoint-keys.ts'

/** How far a chain had come at a time, signed. */
export interface Checkpoint extends SignedText {
  /** The organization, or the empty text for the chain of the installation. */
  readonly chain: string
  readonly seq: string
  /** Of the event with that number, in hexadecimal. */
  readonly hash: string
  readonly at: Date
  /** Whether the chain begins with this event, because what came before was removed when its time was over. */
  readonly isStart: boolean
}

/** What is signed of a checkpoint. */
export function checkpointText({ chain, seq, hash, at, isStart }: Omit<Checkpoint, keyof SignedText>): string {
  return canonicalJson({ at: at.toISOString(), chain, hash, isStart, seq })
}

/**
 * Makes signed checkpoints. They stand in the store, and beside it in a file of this server, where those who can only
 * reach the store cannot take them back.
 */
export class Checkpoints {
  readonly #store: Store
  readonly #keys: CheckpointKeys
  readonly #clock: Clock
  readonly #home: string | null

  constructor(store: Store, keys: CheckpointKeys, clock: Clock, home: string | null) {
    this.#store = store
    this.#keys = keys
    this.#clock = clock
    this.#home = home
  }

  /** Notes how far each chain has come that has grown since its last checkpoint; tells how many those were. */
  async create(): Promise<number> {
    const { rows } = await sql<{ chain: string; organizationId: string | null; seq: string; hash: Buffer }>`
      SELECT chains.chain, chains."organizationId", newest.seq, newest.hash
      FROM (SELECT id AS chain, id AS "organizationId" FROM organizations UNION ALL SELECT '', NULL) AS chains
      CROSS JOIN LATERAL (
        SELECT seq, hash FROM activity_events
        WHERE activity_events.chain = chains.chain AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1
      ) AS newest
      WHERE NOT EXISTS (
        SELECT FROM activity_checkpoints AS made WHERE made.chain = chains.chain AND made.seq >= newest.seq
      )`.execute(this.#store)
    for (const row of rows) {
      await this.#keep({ chain: row.chain, seq: row.seq, hash: row.hash.toString('hex'), isStart: false }, row)
    }
    return rows.length
  }

  /** Says, signed, that a chain begins with this event from now on; what came before may then be removed. */
  async begin(chain: string, organizationId: string | null, event: { seq: string; hash: Buffer }): Promise<void> {
    const { seq, hash } = event
    await this.#keep({ chain, seq, hash: hash.toString('hex'), isStart: true }, { organizationId })
  }

  /** Every checkpoint of a chain that is known: those of the store and those of this server's file. */
  async list(chain: string): Promise<Checkpoint[]> {
    const rows = await this.#store
      .selectFrom('activity_checkpoints')
      .selectAll()
      .where('chain', '=', chain)
      .orderBy('seq')
      .execute()
    const stored = rows.map((row) => ({
      chain: row.chain,
      seq: row.seq,
      hash: row.hash.toString('hex'),
      at: row.at,
      isStart: row.is_start,
      keyId: row.key_id,
      signature: row.signature,
    }))
    const known = new Set(stored.map(({ signature }) => signature))
    const filed = (await this.#readFile()).filter((each) => each.chain === chain && !known.has(each.signature))
    return [...stored, ...filed].sort((a, b) => Number(BigInt(a.seq) - BigInt(b.seq)))
  }

  async #keep(
    what: Omit<Checkpoint, 'at' | keyof SignedText>,
    { organizationId }: { readonly organizationId: string | null },
  ): Promise<void> {
    const said = { ...what, at: this.#clock.now() }
    const signed = await this.#keys.sign(checkpointText(said))
    const checkpoint: Checkpoint = { ...said, ...signed }
    const added = await this.#store
      .insertInto('activity_checkpoints')
      .values({
        chain: checkpoint.chain,
        seq: checkpoint.seq,
        organization_id: organizationId,
        hash: Buffer.from(checkpoint.hash, 'hex'),
        at: checkpoint.at,
        is_start: checkpoint.isStart,
        key_id: checkpoint.keyId,
        signature: checkpoint.signature,
      })
      // Another server was faster.
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    if (this.#home === null || added.numInsertedOrUpdatedRows !== 1n) return
    await mkdir(this.#home, { recursive: true })
    await appendFile(fileOf(this.#home), `${JSON.stringify(checkpoint)}\n`)
  }

  async #readFile(): Promise<Checkpoint[]> {
    if (this.#home === null) return []
    const text = await readFile(fileOf(this.#home), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw error
    })
    return text.split('\n').flatMap((line) => {
      const checkpoint = readLine(line)
      return checkpoint === null ? [] : [checkpoint]
    })
  }
}

/** A line that a crash cut short says nothing. */
function readLine(line: string): Checkpoint | null {
  try {
    const { at, ...checkpoint } = JSON.parse(line) as Omit<Checkpoint, 'at'> & { readonly at: string }
    return { ...checkpoint, at: new Date(at) }
  } catch {
    return null
  }
}

function fileOf(home: string): string {
  return join(home, 'activity-checkpoints.jsonl')
}
