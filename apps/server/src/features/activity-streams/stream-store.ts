import { sql } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import type { StreamedEvent } from './sinks/sink.ts'

/** A chain with events that a stream has not delivered. */
export interface WaitingChain {
  readonly chain: string
  readonly seq: string
}

/** How far each stream has delivered each chain. */
export class StreamStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** A stream that is new begins with what happens from now on; a chain that is new to it, with its first event. */
  async begin(streamId: string): Promise<void> {
    await sql`
      INSERT INTO activity_stream_positions (stream_id, chain, organization_id, seq)
      SELECT ${streamId}, chains.chain, chains.organization_id, coalesce((
        SELECT max(seq) FROM activity_events AS events WHERE events.chain = chains.chain AND seq IS NOT NULL), 0)
      FROM (SELECT id AS chain, id AS organization_id FROM organizations UNION ALL SELECT '', NULL) AS chains
      WHERE NOT EXISTS (SELECT FROM activity_stream_positions WHERE stream_id = ${streamId})
      ON CONFLICT DO NOTHING`.execute(this.#store)
    await sql`
      INSERT INTO activity_stream_positions (stream_id, chain, organization_id, seq)
      SELECT ${streamId}, id, id, 0 FROM organizations ON CONFLICT DO NOTHING`.execute(this.#store)
  }

  /** Takes chains with something to deliver for this server, so that no other delivers the same. */
  async lease(streamId: string, serverId: string, now: Date, until: Date): Promise<WaitingChain[]> {
    const { rows } = await sql<WaitingChain>`
      UPDATE activity_stream_positions AS positions SET leased_by = ${serverId}, leased_until = ${until}
      WHERE stream_id = ${streamId} AND (leased_by = ${serverId} OR leased_until IS NULL OR leased_until < ${now})
        AND EXISTS (SELECT FROM activity_events AS events WHERE events.chain = positions.chain
          AND events.seq > positions.seq)
      RETURNING chain, seq`.execute(this.#store)
    return rows
  }

  async advance(streamId: string, chain: string, serverId: string, seq: string): Promise<void> {
    await this.#store
      .updateTable('activity_stream_positions')
      .set({ seq })
      .where('stream_id', '=', streamId)
      .where('chain', '=', chain)
      .where('leased_by', '=', serverId)
      .where('seq', '<', seq)
      .execute()
  }

  async release(streamId: string, serverId: string): Promise<void> {
    await this.#store
      .updateTable('activity_stream_positions')
      .set({ leased_by: null, leased_until: null })
      .where('stream_id', '=', streamId)
      .where('leased_by', '=', serverId)
      .execute()
  }

  /** The events of a chain after a number, in their order. */
  async read(chain: string, afterSeq: string, limit: number): Promise<StreamedEvent[]> {
    const rows = await this.#store
      .selectFrom('activity_events')
      .innerJoin('activity', 'activity.id', 'activity_events.id')
      .leftJoin('tokens', (join) =>
        join.onRef('tokens.id', '=', 'activity.actor_id').on('activity.actor_kind', '=', 'token'),
      )
      .leftJoin('users', (join) =>
        join.on((expression) =>
          expression.or([
            expression.and([
              expression('activity.actor_kind', '=', 'user'),
              expression('users.id', '=', expression.ref('activity.actor_id')),
            ]),
            expression('users.id', '=', expression.ref('tokens.owner_id')),
          ]),
        ),
      )
      .selectAll('activity')
      .select(['users.name as userName', 'users.email as userEmail'])
      .where('activity_events.chain', '=', chain)
      .where('activity_events.seq', '>', afterSeq)
      .orderBy('activity_events.seq')
      .limit(limit)
      .execute()
    return rows.map((row) => ({
      organizationId: row.organization_id,
      seq: row.seq,
      id: row.id,
      at: row.at.toISOString(),
      type: row.type,
      outcome: row.outcome,
      reason: row.reason_code,
      actor: { kind: row.actor_kind, id: row.actor_id, name: row.userName, email: row.userEmail },
      asset: row.asset_type === null ? null : { type: row.asset_type, id: row.asset_id },
      requestId: row.request_id,
      sessionId: row.session_id,
      decisionId: row.decision_id,
      ipAddress: row.ip_address,
      userAgent: row.user_agent,
      details: row.details,
      hash: row.hash.toString('hex'),
    }))
  }
}
