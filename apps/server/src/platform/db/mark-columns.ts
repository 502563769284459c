import type { DocumentKind } from '@graticule/contract'
import type { LibraryKind } from '@graticule/policy'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { foldText } from '../search/search-words.ts'
import { ASSET_TABLES } from './compile-predicate.ts'

/** The tags of each asset of a query on that kind's table. */
export function tagsColumn(kind: DocumentKind): RawBuilder<string[]> {
  return sql<string[]>`ARRAY(
    SELECT asset_tags.tag FROM asset_tags
    WHERE asset_tags.asset_kind = ${kind} AND asset_tags.asset_id = ${sql.ref(`${ASSET_TABLES[kind]}.id`)}
    ORDER BY asset_tags.folded)`
}

/** Whether each asset of a query on that kind's table is a favourite of somebody. */
export function isFavouriteColumn(kind: LibraryKind, userId: string): RawBuilder<boolean> {
  return sql<boolean>`EXISTS (
    SELECT FROM favourites WHERE favourites.user_id = ${userId} AND favourites.asset_kind = ${kind}
    AND favourites.asset_id = ${sql.ref(`${ASSET_TABLES[kind]}.id`)})`
}

/** Whether an asset of a query on that kind's table has a tag of the organization's, in whichever spelling. */
export function hasTag(kind: DocumentKind, organizationId: string, tag: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`${sql.ref(`${ASSET_TABLES[kind]}.id`)} IN (
    SELECT asset_tags.asset_id FROM asset_tags WHERE asset_tags.organization_id = ${organizationId}
    AND asset_tags.asset_kind = ${kind} AND asset_tags.folded = ${foldText(tag.trim())})`
}
