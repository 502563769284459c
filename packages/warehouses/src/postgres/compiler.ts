import {
  bindQuery,
  compileColumnStats,
  compileExtent,
  compileGeometryStats,
  compileModel,
  type Dialect,
  print,
  relationOf,
  sql,
} from '@graticule/sql'
import type { Compiler } from '../provider.ts'
import { checkSource, checkStatement } from './check-statement.ts'
import { postgresDialect, unprojectedDialect } from './dialect.ts'
import { needsProjectedBox } from './geometry-sql.ts'
import { decodeTile } from './tile-decoder.ts'
import { compileTile } from './tile-statement.ts'

/** Requests → PostgreSQL statements; pure. */
export const postgresCompiler: Compiler = {
  compileTile(request) {
    checkSource(request.source)
    return compileTile(request)
  },
  decodeTile,
  compileModel(request) {
    checkSource(request.source)
    const compile = (dialect: Dialect): ReturnType<typeof compileModel> => compileModel(dialect, request)
    const compiled = compile(postgresDialect)
    if (!request.spatialFilter || !needsProjectedBox(request.spatialFilter.spatial)) return compiled
    return { ...compiled, statement: { ...compiled.statement, fallback: compile(unprojectedDialect).statement } }
  },
  compileColumnStats(request) {
    checkSource(request.source)
    return compileColumnStats(postgresDialect, request)
  },
  compileExtent(request) {
    checkSource(request.source)
    return compileExtent(postgresDialect, request)
  },
  compileGeometryStats(request) {
    checkSource(request.source)
    return compileGeometryStats(postgresDialect, request)
  },
  compileQuery({ sql: text, parameters }) {
    checkStatement(text)
    return print(bindQuery(text, parameters), postgresDialect)
  },
  compileSource(source) {
    checkSource(source)
    return print(sql`SELECT * FROM ${relationOf(source)}`, postgresDialect)
  },
}
