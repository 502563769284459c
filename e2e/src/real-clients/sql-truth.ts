import { query } from '@carto/api-client'
import type { ClientTarget } from '../harness/client-target.ts'

/** Rows of a statement, asked through the real client's `query()` and never from its cache. */
export async function runSql(
  target: ClientTarget,
  sqlQuery: string,
  queryParameters?: unknown[],
): Promise<Record<string, unknown>[]> {
  const result = await query({
    ...connectionOf(target),
    sqlQuery,
    ...(queryParameters ? { queryParameters: queryParameters as string[] } : {}),
    localCache: { cacheControl: ['no-cache', 'no-store'] },
  })
  return result.rows
}

/** The only number of the only row of a statement. */
export async function readNumber(target: ClientTarget, sqlQuery: string): Promise<number> {
  const [row] = await runSql(target, sqlQuery)
  const value = Object.values(row ?? {})[0]
  if (value === null || value === undefined) throw new Error(`${sqlQuery} answered no number`)
  return Number(value)
}

/** The values at the given fractions of a column, as they stand in it; ascending and without repetition. */
export async function readPercentiles(
  target: ClientTarget,
  table: string,
  column: string,
  fractions: readonly number[],
): Promise<number[]> {
  const columns = fractions.map((f, index) => `percentile_disc(${f}) WITHIN GROUP (ORDER BY ${column}) AS p${index}`)
  const [row] = await runSql(target, `SELECT ${columns.join(', ')} FROM ${table}`)
  return [...new Set(Object.values(row ?? {}).map(Number))]
}

/** The options that every source function of the real client takes. */
export function connectionOf(target: ClientTarget): {
  readonly apiBaseUrl: string
  readonly accessToken: string
  readonly connectionName: string
} {
  return {
    apiBaseUrl: target.apiBaseUrl,
    accessToken: target.accessToken,
    connectionName: target.connectionName,
  }
}
