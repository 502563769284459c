import { VIEWERS_GROUP } from '../certificates.ts'
import type { RunningStatement } from '../driver.ts'
import { granteesExpression, isNoExtension, isOwnSchema } from '../grantees.ts'
import { readJson } from '../read-json.ts'

/** A role that the login may become or whose rights it has, and which sees more than a viewer should. */
export interface PowerfulRole {
  readonly name: string
  /** Direct memberships of the login by which it gets there, quoted. */
  readonly through: readonly string[]
}

export interface TableFacts {
  /** Quoted, with its schema. */
  readonly name: string
  readonly isOwned: boolean
  readonly hasRowSecurity: boolean
  readonly isForced: boolean
  readonly isActive: boolean
  readonly isForeign: boolean
  readonly grantees: readonly string[]
}

/** A view or materialised view that shows rows of a protected table with the rights of its owner. */
export interface LeakFacts {
  readonly name: string
  readonly isMaterialized: boolean
  readonly definition: string
  readonly protectedTables: readonly string[]
  readonly grantees: readonly string[]
}

export interface FunctionFacts {
  /** With its schema and the types of its arguments, quoted. */
  readonly signature: string
  readonly owner: string
}

/** How many rows a leak shows the login, and how many its own rights allow; null where that could not be counted. */
export interface LeakCounts {
  readonly shown: number | null
  readonly allowed: number | null
}

/** What a login is and can do, as the catalogue of its database tells it. */
export interface PostureFacts {
  readonly login: string
  readonly quotedLogin: string
  readonly serverVersion: string
  readonly serverNumber: number
  readonly isSuperuser: boolean
  readonly bypassesRowSecurity: boolean
  readonly createsRoles: boolean
  readonly powerfulRoles: readonly PowerfulRole[]
  /** Members of the group that certificates let in, which see or may do more than any viewer should; quoted. */
  readonly powerfulViewers: readonly string[]
  readonly tables: readonly TableFacts[]
  readonly leaks: readonly LeakFacts[]
  readonly definerFunctions: readonly FunctionFacts[]
  /** PostGIS functions that tell of hidden rows, and that the login may call. */
  readonly estimators: readonly string[]
}

const LOGIN = `SELECT json_build_object(
  'login', session_user, 'quotedLogin', quote_ident(session_user),
  'serverVersion', split_part(current_setting('server_version'), ' ', 1),
  'serverNumber', current_setting('server_version_num')::int,
  'isSuperuser', rolsuper, 'bypassesRowSecurity', rolbypassrls, 'createsRoles', rolcreaterole)
FROM pg_roles WHERE rolname = session_user`

/** Roles of PostgreSQL that reach the files, programs or all tables of a server. */
const SERVER_ROLES = `'pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files', 'pg_read_all_data', 'pg_write_all_data'`

const POWERFUL_ROLES = `SELECT COALESCE(json_agg(json_build_object('name', r.rolname, 'through', ARRAY(
    SELECT quote_ident(direct.rolname) FROM pg_auth_members m JOIN pg_roles direct ON direct.oid = m.roleid
    JOIN pg_roles own ON own.oid = m.member
    WHERE own.rolname = session_user AND pg_has_role(direct.oid, r.oid, 'MEMBER') ORDER BY 1)) ORDER BY r.rolname), '[]')
FROM pg_roles r
WHERE r.rolname <> session_user AND pg_has_role(session_user, r.oid, 'MEMBER')
  AND (r.rolsuper OR r.rolbypassrls OR r.rolname IN (${SERVER_ROLES}))`

// By the catalogue, because a superuser counts as a member of every role where it is asked for.
const POWERFUL_VIEWERS = `WITH RECURSIVE viewers AS (
  SELECT m.member FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE g.rolname = '${VIEWERS_GROUP}'
  UNION SELECT m.member FROM pg_auth_members m JOIN viewers ON viewers.member = m.roleid
)
SELECT COALESCE(json_agg(quote_ident(r.rolname) ORDER BY r.rolname), '[]')
FROM pg_roles r JOIN viewers ON viewers.member = r.oid WHERE r.rolsuper OR r.rolbypassrls OR r.rolcreaterole`

const NAME = `format('%I.%I', n.nspname, c.relname)`
const IS_READABLE = `has_schema_privilege(n.oid, 'USAGE')
  AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'))
  AND ${isOwnSchema('n.nspname')} AND ${isNoExtension('c.oid', 'pg_class')}`
const READERS = granteesExpression({ acl: 'c.relacl', owner: 'c.relowner', kind: 'r' }, `'SELECT'`)

const TABLES = `SELECT COALESCE(json_agg(json_build_object(
  'name', ${NAME}, 'isOwned', pg_has_role(session_user, c.relowner, 'USAGE'), 'hasRowSecurity', c.relrowsecurity,
  'isForced', c.relforcerowsecurity, 'isActive', row_security_active(c.oid), 'isForeign', c.relkind = 'f',
  'grantees', ${READERS}) ORDER BY n.nspname, c.relname), '[]')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition AND ${IS_READABLE}`

// A view is stored as a rule, and what the rule reads stands among its dependencies. Rows come through views of views too.
export const RULE_READS = `SELECT r.ev_class AS reader, d.refobjid AS relation FROM pg_rewrite r JOIN pg_depend d
  ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class`
export const HAS_CALLERS_RIGHTS = `COALESCE((SELECT option_value::boolean FROM pg_options_to_table(c.reloptions)
  WHERE option_name = 'security_invoker'), false)`

const LEAKS = `WITH RECURSIVE rule_reads AS (${RULE_READS}), reads AS (
  SELECT reader, relation FROM rule_reads
  UNION SELECT reads.reader, rule_reads.relation FROM reads JOIN rule_reads ON rule_reads.reader = reads.relation
)
SELECT COALESCE(json_agg(json_build_object(
  'name', ${NAME}, 'isMaterialized', c.relkind = 'm', 'definition', pg_get_viewdef(c.oid),
  'protectedTables', behind.tables, 'grantees', ${READERS}) ORDER BY n.nspname, c.relname), '[]')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
  SELECT array_agg(DISTINCT format('%I.%I', tn.nspname, t.relname)) AS tables FROM reads
  JOIN pg_class t ON t.oid = reads.relation AND t.relrowsecurity JOIN pg_namespace tn ON tn.oid = t.relnamespace
  WHERE reads.reader = c.oid
) AS behind
WHERE behind.tables IS NOT NULL AND pg_get_userbyid(c.relowner) <> session_user AND ${IS_READABLE}
  AND (c.relkind = 'm' OR (c.relkind = 'v' AND NOT ${HAS_CALLERS_RIGHTS}))`

export const SIGNATURE = `format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid))`

const DEFINER_FUNCTIONS = `SELECT COALESCE(json_agg(json_build_object(
  'signature', ${SIGNATURE}, 'owner', pg_get_userbyid(p.proowner)) ORDER BY n.nspname, p.proname), '[]')
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.prosecdef AND p.prorettype <> 'trigger'::regtype AND p.prorettype <> 'event_trigger'::regtype
  AND pg_get_userbyid(p.proowner) <> session_user AND has_schema_privilege(n.oid, 'USAGE')
  AND has_function_privilege(p.oid, 'EXECUTE') AND ${isOwnSchema('n.nspname')} AND ${isNoExtension('p.oid', 'pg_proc')}`

/** They answer from statistics of the whole table, whoever asks. */
const ESTIMATORS = `SELECT COALESCE(json_agg(${SIGNATURE} ORDER BY 1), '[]')
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension x ON x.oid = d.refobjid AND x.extname = 'postgis'
WHERE p.proname IN ('st_estimatedextent', '_postgis_selectivity', '_postgis_join_selectivity', '_postgis_stats')
  AND has_function_privilege(p.oid, 'EXECUTE')`

/** Asks the catalogue all that a report on the login needs. */
export async function readPostureFacts(running: RunningStatement): Promise<PostureFacts> {
  const login = await readJson<
    Omit<PostureFacts, 'powerfulRoles' | 'powerfulViewers' | 'tables' | 'leaks' | 'definerFunctions' | 'estimators'>
  >(running, LOGIN)
  return {
    ...login,
    // Of a superuser every role is a member, and every object is its own.
    powerfulRoles: login.isSuperuser ? [] : await readJson<PowerfulRole[]>(running, POWERFUL_ROLES),
    powerfulViewers: await readJson<string[]>(running, POWERFUL_VIEWERS),
    tables: await readJson<TableFacts[]>(running, TABLES),
    leaks: await readJson<LeakFacts[]>(running, LEAKS),
    definerFunctions: await readJson<FunctionFacts[]>(running, DEFINER_FUNCTIONS),
    estimators: await readJson<string[]>(running, ESTIMATORS),
  }
}
