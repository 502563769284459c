import { tokenize } from '@graticule/sql'
import type { ForeignRights } from '../provider.ts'
import { isNoExtension, isOwnSchema } from './grantees.ts'
import { HAS_CALLERS_RIGHTS, RULE_READS, SIGNATURE } from './posture/facts.ts'
import { readJson } from './read-json.ts'
import { type CataloguedFunction, isSafeFunction } from './safe-functions.ts'
import { type ReadsSession, readReferences } from './statement-reads.ts'

/** What the server prepares, and so can be asked about; every other statement is told apart by its first word. */
const PREPARED = new Set(['select', 'with', 'values', 'table', 'insert', 'update', 'delete', 'merge'])

const UNKNOWN: ForeignRights = { objects: [], hasUnknown: true, opaqueFunctions: [] }

interface Found {
  readonly views: readonly string[]
  /** What came with the server stands in no rule by its number, so that those of a view are of people and extensions. */
  readonly functions: readonly (CataloguedFunction & { readonly signature: string; readonly isDefiner: boolean })[]
  readonly known: number
}

/** Everything that the statement reads, through views of views, as the report on a login looks at it. */
const FOUND = `WITH RECURSIVE rule_reads AS NOT MATERIALIZED (${RULE_READS}), reached AS (
  SELECT unnest($1::oid[]) AS relation
  UNION SELECT r.relation FROM reached JOIN rule_reads r ON r.reader = reached.relation
), behind AS (
  SELECT relation AS reader, relation FROM reached
  UNION SELECT behind.reader, r.relation FROM behind JOIN rule_reads r ON r.reader = behind.relation
), called AS (
  SELECT unnest($2::oid[]) AS function
  UNION SELECT oprcode::oid FROM pg_operator WHERE oid = ANY ($3::oid[])
  UNION SELECT d.refobjid FROM reached JOIN pg_rewrite rule ON rule.ev_class = reached.relation
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = rule.oid AND d.refclassid = 'pg_proc'::regclass
  UNION SELECT o.oprcode::oid FROM reached JOIN pg_rewrite rule ON rule.ev_class = reached.relation
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = rule.oid
      AND d.refclassid = 'pg_operator'::regclass
    JOIN pg_operator o ON o.oid = d.refobjid
)
SELECT json_build_object(
  'known', (SELECT count(*) FROM pg_class WHERE oid = ANY ($1::oid[])),
  'views', (SELECT COALESCE(json_agg(format('%I.%I', n.nspname, c.relname) ORDER BY n.nspname, c.relname), '[]')
    FROM reached JOIN pg_class c ON c.oid = reached.relation JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE pg_get_userbyid(c.relowner) <> session_user AND ${isOwnSchema('n.nspname')} AND ${isNoExtension('c.oid', 'pg_class')}
      AND (c.relkind = 'm' OR (c.relkind = 'v' AND NOT ${HAS_CALLERS_RIGHTS}))
      AND EXISTS (SELECT FROM behind JOIN pg_class t ON t.oid = behind.relation AND t.relrowsecurity
        WHERE behind.reader = c.oid)),
  'functions', (SELECT COALESCE(json_agg(json_build_object(
      'signature', ${SIGNATURE}, 'schema', n.nspname, 'name', p.proname, 'volatility', p.provolatile,
      'isDefiner', p.prosecdef AND pg_get_userbyid(p.proowner) <> session_user, 'isBuiltIn', p.oid < 16384,
      'extension', (SELECT e.extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
        WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
          AND d.refclassid = 'pg_extension'::regclass)) ORDER BY n.nspname, p.proname), '[]')
    FROM called JOIN pg_proc p ON p.oid = called.function JOIN pg_namespace n ON n.oid = p.pronamespace))`

/**
 * What a statement reads with the rights of somebody else, found in its tree and in the rules of the views behind it. Runs
 * nothing of it, in one transaction that the caller ends.
 */
export async function listForeignRights(text: string, session: ReadsSession): Promise<ForeignRights> {
  const first = tokenize(text).find((token) => token.kind === 'word')
  if (!PREPARED.has(first?.text.toLowerCase() ?? '')) return UNKNOWN
  const references = await readReferences(text, session)
  if (references === null) return UNKNOWN
  const found = await readJson<Found>({ query: session.send }, FOUND, [
    references.relations,
    references.functions,
    references.operators,
  ])
  const definers = found.functions.filter(({ isDefiner }) => isDefiner).map(({ signature }) => signature)
  const opaque = found.functions.filter((each) => !each.isDefiner && !isSafeFunction(each))
  return {
    objects: [...found.views, ...definers],
    // What went between two questions is gone, and counts as nothing that anybody may read.
    hasUnknown: Number(found.known) !== references.relations.length,
    opaqueFunctions: [...new Set(opaque.map(({ name }) => name))],
  }
}
