import { assertNever } from '@graticule/contract'
import type { Predicate, PredicateField } from '@graticule/policy'
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'

const COLUMNS: Readonly<Record<PredicateField, string>> = {
  id: 'id',
  organizationId: 'organization_id',
  ownerId: 'owner_id',
  privacy: 'privacy',
}

/** A policy predicate as a condition on the columns of one table, for `where()`. Values are bound. */
export function compilePredicate(predicate: Predicate, table: string): Expression<SqlBool> {
  return compile(predicate, table)
}

function compile(predicate: Predicate, table: string): RawBuilder<SqlBool> {
  switch (predicate.type) {
    case 'none':
      return sql<SqlBool>`false`
    case 'equals':
      return sql<SqlBool>`${sql.ref(`${table}.${COLUMNS[predicate.field]}`)} = ${predicate.value}`
    case 'one-of':
      return sql<SqlBool>`${sql.ref(`${table}.${COLUMNS[predicate.field]}`)} IN (${sql.join(predicate.values)})`
    case 'and':
      return sql<SqlBool>`(${sql.join(
        predicate.terms.map((term) => compile(term, table)),
        sql` AND `,
      )})`
    case 'or':
      return sql<SqlBool>`(${sql.join(
        predicate.terms.map((term) => compile(term, table)),
        sql` OR `,
      )})`
    default:
      return assertNever(predicate)
  }
}
