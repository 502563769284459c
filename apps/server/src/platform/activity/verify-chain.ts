import { sql } from 'kysely'
import type { Store } from '../db/database.ts'
import { CHAIN_START, hashContent, hashLink, hashPersonal } from './chain-form.ts'
import type { CheckpointKeys } from './checkpoint-keys.ts'
import { type Checkpoint, type Checkpoints, checkpointText } from './checkpoints.ts'

const BATCH = 2_000

/** What came of verifying one chain. */
export interface Verification {
  readonly events: number
  /** Those of which what tells of a person was erased. */
  readonly erased: number
  readonly checkpoints: number
  /** The number of the first event that the chain begins with. */
  readonly firstSeq: string
  /** The first thing that is wrong; null when the chain is whole. */
  readonly problem: ChainProblem | null
}

export interface ChainProblem {
  readonly seq: string
  readonly sentence: string
}

interface VerifiedRow {
  readonly id: string
  readonly seq: string
  readonly organization_id: string | null
  readonly at: Date
  readonly actor_kind: string
  readonly actor_id: string | null
  readonly type: string
  readonly asset_type: string | null
  readonly asset_id: string | null
  readonly request_id: string | null
  readonly session_id: string | null
  readonly outcome: string
  readonly reason_code: string | null
  readonly decision_id: string | null
  readonly details: Record<string, unknown>
  readonly support_grant_id: string | null
  readonly personal_hash: Buffer | null
  readonly prev_hash: Buffer
  readonly hash: Buffer
  readonly salt: string | null
  readonly personal_details: Record<string, unknown>
  readonly ip_address: string | null
  readonly user_agent: string | null
}

/** Computes a chain anew, from what its events say, and compares it with itself and with its checkpoints. */
export async function verifyChain(
  store: Store,
  keys: CheckpointKeys,
  checkpoints: Checkpoints,
  chain: string,
): Promise<Verification> {
  const known = await checkpoints.list(chain)
  const start = known.filter(({ isStart }) => isStart).at(-1)
  const marks = known.filter(({ seq }) => start === undefined || BigInt(seq) >= BigInt(start.seq))
  const walk = new ChainWalk(start)
  const forged = await findForged(keys, known)
  const problem =
    forged ??
    (await findLoose(store, chain)) ??
    (await walk.goThrough(store, chain, marks)) ??
    findUnreached(walk, marks)
  const { events, erased, firstSeq } = walk
  return { events, erased, checkpoints: marks.length, firstSeq, problem }
}

/** One pass over the events of a chain, in their order. */
class ChainWalk {
  events = 0
  erased = 0
  readonly firstSeq: string
  #next: bigint
  #previousHash: string | null

  constructor(start: Checkpoint | undefined) {
    this.firstSeq = start?.seq ?? '1'
    this.#next = BigInt(this.firstSeq)
    // What the first event follows is no longer there when the chain begins later; its own hash is signed instead.
    this.#previousHash = start === undefined ? CHAIN_START : null
  }

  get lastSeq(): string {
    return String(this.#next - 1n)
  }

  async goThrough(store: Store, chain: string, marks: readonly Checkpoint[]): Promise<ChainProblem | null> {
    for (;;) {
      const rows = await readRows(store, chain, String(this.#next - 1n))
      for (const row of rows) {
        const problem = this.#check(row, marks)
        if (problem !== null) return problem
      }
      if (rows.length < BATCH) return null
    }
  }

  #check(row: VerifiedRow, marks: readonly Checkpoint[]): ChainProblem | null {
    const seq = String(this.#next)
    if (row.seq !== seq) return { seq, sentence: `Event ${seq} is missing: event ${row.seq} comes next.` }
    const previousHash = row.prev_hash.toString('hex')
    if (this.#previousHash !== null && previousHash !== this.#previousHash) {
      return { seq, sentence: `Event ${seq} does not follow the event before it.` }
    }
    const hash = row.hash.toString('hex')
    const contentHash = hashContent(contentOf(row))
    if (hashLink({ contentHash, previousHash, seq, supportGrantId: row.support_grant_id }) !== hash) {
      return { seq, sentence: `Event ${seq} (${row.id}) is not as it was recorded.` }
    }
    if (row.personal_hash !== null) {
      if (row.salt === null) this.erased += 1
      else if (hashPersonal(personalOf(row, row.salt)) !== row.personal_hash.toString('hex')) {
        return { seq, sentence: `What event ${seq} (${row.id}) says of a person is not as it was recorded.` }
      }
    }
    const mark = marks.find((each) => each.seq === seq && each.hash !== hash)
    if (mark !== undefined) {
      const when = mark.at.toISOString()
      return { seq, sentence: `Event ${seq} is not the one that the checkpoint of ${when} was signed for.` }
    }
    this.events += 1
    this.#next += 1n
    this.#previousHash = hash
    return null
  }
}

async function readRows(store: Store, chain: string, afterSeq: string): Promise<VerifiedRow[]> {
  const { rows } = await sql<VerifiedRow>`
    SELECT events.*, personal.salt, coalesce(personal.details, '{}') AS personal_details, personal.ip_address,
      personal.user_agent
    FROM activity_events AS events LEFT JOIN activity_personal AS personal ON personal.event_id = events.id
    WHERE events.chain = ${chain} AND events.seq > ${afterSeq} ORDER BY events.seq LIMIT ${BATCH}`.execute(store)
  return rows
}

function contentOf(row: VerifiedRow) {
  return {
    id: row.id,
    organizationId: row.organization_id,
    at: row.at,
    actorKind: row.actor_kind,
    actorId: row.actor_id,
    type: row.type,
    assetType: row.asset_type,
    assetId: row.asset_id,
    requestId: row.request_id,
    sessionId: row.session_id,
    outcome: row.outcome,
    reasonCode: row.reason_code,
    decisionId: row.decision_id,
    details: row.details,
    personalHash: row.personal_hash?.toString('hex') ?? null,
  }
}

function personalOf(row: VerifiedRow, salt: string) {
  return { salt, details: row.personal_details, ipAddress: row.ip_address, userAgent: row.user_agent }
}

/** Whoever writes to the store alone can write checkpoints, but not sign them. */
async function findForged(keys: CheckpointKeys, known: readonly Checkpoint[]): Promise<ChainProblem | null> {
  for (const checkpoint of known) {
    if (await keys.isGenuine(checkpointText(checkpoint), checkpoint)) continue
    const { at, seq } = checkpoint
    return {
      seq,
      sentence: `The checkpoint of ${at.toISOString()} at event ${seq} is not signed by this installation.`,
    }
  }
  return null
}

/** An event without a number was written past the rules of the store. */
async function findLoose(store: Store, chain: string): Promise<ChainProblem | null> {
  const row = await store
    .selectFrom('activity_events')
    .select('id')
    .where('chain', '=', chain)
    .where(sql<boolean>`seq IS NULL`)
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? null : { seq: 'none', sentence: `The event ${row.id} stands outside of the chain.` }
}

/** A chain that once was longer. */
function findUnreached(walk: ChainWalk, marks: readonly Checkpoint[]): ChainProblem | null {
  const mark = marks.find(({ seq }) => BigInt(seq) > BigInt(walk.lastSeq))
  if (mark === undefined) return null
  const end = walk.events === 0 ? 'has no events' : `ends with event ${walk.lastSeq}`
  const sentence = `The chain ${end}, but the checkpoint of ${mark.at.toISOString()} was signed for event ${mark.seq}.`
  return { seq: mark.seq, sentence }
}
