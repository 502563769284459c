import { type DocumentKind, LIBRARY_LIMITS } from '@graticule/contract'
import type { LibraryKind, Predicate } from '@graticule/policy'
import { type RawBuilder, sql } from 'kysely'
import { ASSET_TABLES, compilePredicate } from '../../platform/db/compile-predicate.ts'
import type { Store } from '../../platform/db/database.ts'
import { foldText } from '../../platform/search/search-words.ts'
import type { Marks } from './marks.ts'

/** Something kept at hand, by its kind. */
export interface KeptAsset {
  readonly kind: LibraryKind
  readonly id: string
  readonly at: Date
}

/** What somebody may open, of each kind. */
export type VisibleKinds = readonly (readonly [LibraryKind, Predicate])[]

/** Tags, favourites and what was opened last, in the metadata store. Who may see or change them is not its to say. */
export class LibraryStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** The asset stays as it is until the transaction ends. */
  async lock(transaction: Store, kind: LibraryKind, id: string): Promise<void> {
    await transaction.selectFrom(ASSET_TABLES[kind]).select('id').where('id', '=', id).forUpdate().execute()
  }

  async readTags(kind: DocumentKind, id: string, store: Store = this.#store): Promise<string[]> {
    const rows = await store
      .selectFrom('asset_tags')
      .select('tag')
      .where('asset_kind', '=', kind)
      .where('asset_id', '=', id)
      .orderBy('folded')
      .execute()
    return rows.map(({ tag }) => tag)
  }

  /** Makes these all its tags. */
  async replaceTags(
    transaction: Store,
    asset: { readonly kind: DocumentKind; readonly id: string; readonly organizationId: string },
    tags: readonly string[],
  ): Promise<void> {
    const { kind, id, organizationId } = asset
    await transaction.deleteFrom('asset_tags').where('asset_kind', '=', kind).where('asset_id', '=', id).execute()
    if (tags.length === 0) return
    await transaction
      .insertInto('asset_tags')
      .values(
        tags.map((tag) => ({
          organization_id: organizationId,
          asset_kind: kind,
          asset_id: id,
          folded: foldText(tag),
          tag,
        })),
      )
      .execute()
  }

  /** The tags of what these predicates show, the most used first; of spellings that are one tag, the most used. */
  async listTags(
    organizationId: string,
    kinds: readonly (readonly [DocumentKind, Predicate])[],
    search: string,
  ): Promise<{ tag: string; count: number }[]> {
    const ofKinds = kinds.map(
      ([kind, visible]) => sql<boolean>`(asset_tags.asset_kind = ${kind} AND asset_tags.asset_id IN (
        SELECT id FROM ${sql.table(ASSET_TABLES[kind])} WHERE deleted_at IS NULL AND ${compilePredicate(visible, kind)}))`,
    )
    const { rows } = await sql<{ tag: string; count: number }>`
      SELECT mode() WITHIN GROUP (ORDER BY asset_tags.tag) AS tag, count(*)::integer AS count FROM asset_tags
      WHERE asset_tags.organization_id = ${organizationId}
      AND starts_with(asset_tags.folded, ${foldText(search.trim())}) AND (${sql.join(ofKinds, sql` OR `)})
      GROUP BY asset_tags.folded ORDER BY count(*) DESC, asset_tags.folded LIMIT 100`.execute(this.#store)
    return rows
  }

  /** The marks of assets of one kind, by id. */
  async readMarks(kind: LibraryKind, ids: readonly string[], userId: string): Promise<Map<string, Marks>> {
    if (ids.length === 0) return new Map()
    const { rows } = await sql<{ id: string; tags: string[]; is_favourite: boolean }>`
      SELECT wanted.id,
        ARRAY(SELECT tag FROM asset_tags WHERE asset_kind = ${kind} AND asset_id = wanted.id ORDER BY folded) AS tags,
        EXISTS (SELECT FROM favourites
          WHERE user_id = ${userId} AND asset_kind = ${kind} AND asset_id = wanted.id) AS is_favourite
      FROM unnest(${[...ids]}::text[]) AS wanted (id)`.execute(this.#store)
    return new Map(rows.map(({ id, tags, is_favourite: isFavourite }) => [id, { tags, isFavourite }]))
  }

  /** How many favourites somebody has, of all kinds; their own do not change before the transaction ends. */
  async countFavourites(transaction: Store, userId: string): Promise<number> {
    await transaction.selectFrom('users').select('id').where('id', '=', userId).forNoKeyUpdate().execute()
    const { count } = await transaction
      .selectFrom('favourites')
      .select((select) => select.fn.countAll<string>().as('count'))
      .where('user_id', '=', userId)
      .executeTakeFirstOrThrow()
    return Number(count)
  }

  /** False when it is one already. */
  async addFavourite(transaction: Store, userId: string, kind: LibraryKind, id: string, at: Date): Promise<boolean> {
    const { numInsertedOrUpdatedRows: added } = await transaction
      .insertInto('favourites')
      .values({ user_id: userId, asset_kind: kind, asset_id: id, created_at: at })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow()
    return added === 1n
  }

  /** False when it was none. */
  async removeFavourite(transaction: Store, userId: string, kind: LibraryKind, id: string): Promise<boolean> {
    const { numDeletedRows } = await transaction
      .deleteFrom('favourites')
      .where('user_id', '=', userId)
      .where('asset_kind', '=', kind)
      .where('asset_id', '=', id)
      .executeTakeFirstOrThrow()
    return numDeletedRows === 1n
  }

  /** Notes that somebody opened something, unless that was noted since the time; keeps no more than their latest. */
  async noteOpened(userId: string, kind: DocumentKind, id: string, at: Date, unlessSince: Date): Promise<void> {
    const { numInsertedOrUpdatedRows: noted } = await this.#store
      .insertInto('recent_opens')
      .values({ user_id: userId, asset_kind: kind, asset_id: id, opened_at: at })
      .onConflict((conflict) =>
        conflict
          .columns(['user_id', 'asset_kind', 'asset_id'])
          .doUpdateSet({ opened_at: at })
          .where('recent_opens.opened_at', '<', unlessSince),
      )
      .executeTakeFirstOrThrow()
    if (noted !== 1n) return
    await sql`
      DELETE FROM recent_opens WHERE user_id = ${userId} AND (asset_kind, asset_id) IN (
        SELECT asset_kind, asset_id FROM recent_opens WHERE user_id = ${userId}
        ORDER BY opened_at DESC, asset_id OFFSET ${LIBRARY_LIMITS.recent})`.execute(this.#store)
  }

  /** Those favourites of somebody that they may open, the latest first. */
  async listFavourites(userId: string, visible: VisibleKinds): Promise<KeptAsset[]> {
    return this.#listKept(userId, visible, sql`favourites`, sql`created_at`)
  }

  /** What somebody opened last, of that what they may still open. */
  async listRecent(userId: string, visible: VisibleKinds): Promise<KeptAsset[]> {
    return this.#listKept(userId, visible, sql`recent_opens`, sql`opened_at`)
  }

  /** Forgets everything about assets that are being deleted for good. */
  async forgetAssets(transaction: Store, kind: LibraryKind, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    for (const table of ['asset_tags', 'favourites', 'recent_opens'] as const) {
      await sql`DELETE FROM ${sql.table(table)} WHERE asset_kind = ${kind} AND asset_id IN (${sql.join(ids)})`.execute(
        transaction,
      )
    }
  }

  /** Forgets what somebody kept who is being deleted. */
  async forgetPerson(transaction: Store, userId: string): Promise<void> {
    await transaction.deleteFrom('favourites').where('user_id', '=', userId).execute()
    await transaction.deleteFrom('recent_opens').where('user_id', '=', userId).execute()
  }

  async #listKept(
    userId: string,
    visible: VisibleKinds,
    table: RawBuilder<unknown>,
    at: RawBuilder<unknown>,
  ): Promise<KeptAsset[]> {
    const ofKinds = visible.map(([kind, predicate]) => {
      const assets = sql.table(ASSET_TABLES[kind])
      return sql`SELECT kept.asset_kind AS kind, kept.asset_id AS id, kept.${at} AS at
        FROM ${table} AS kept JOIN ${assets} ON ${assets}.id = kept.asset_id
        WHERE kept.user_id = ${userId} AND kept.asset_kind = ${kind} AND ${assets}.deleted_at IS NULL
        AND ${compilePredicate(predicate, kind)}`
    })
    const { rows } = await sql<KeptAsset>`
      SELECT found.* FROM (${sql.join(ofKinds, sql` UNION ALL `)}) AS found
      ORDER BY found.at DESC, found.id LIMIT ${LIBRARY_LIMITS.favourites}`.execute(this.#store)
    return rows
  }
}
