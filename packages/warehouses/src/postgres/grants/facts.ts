import type { RunningStatement } from '../driver.ts'
import { granteesExpression, isNoExtension, isOwnSchema } from '../grantees.ts'
import { readJson } from '../read-json.ts'

/** Privileges that the login has on an object, and through whom (quoted roles) it has each that may be too much. */
interface HeldPrivileges {
  readonly held: readonly string[]
  readonly grantees: readonly string[]
}

export interface SchemaFacts extends HeldPrivileges {
  /** As it is called, without quotes. */
  readonly name: string
  readonly quoted: string
  readonly isOwned: boolean
  /** Quoted roles that make tables in it; what they make next is covered by their default privileges alone. */
  readonly makers: readonly string[]
  /** Those of them whose next tables the login may read. */
  readonly coveredMakers: readonly string[]
}

export interface ObjectFacts extends HeldPrivileges {
  readonly schema: string
  /** Quoted, with its schema. */
  readonly name: string
  readonly isOwned: boolean
}

/** What the rights of a login are measured on. */
export interface GrantFacts {
  readonly login: string
  readonly quotedLogin: string
  readonly database: string
  readonly quotedDatabase: string
  readonly isSuperuser: boolean
  readonly mayConnect: boolean
  readonly mayCreateSchemas: boolean
  readonly databaseGrantees: readonly string[]
  /** Where PostGIS is, quoted; null without it. */
  readonly postgisSchema: string | null
  readonly mayUsePostgis: boolean
  readonly schemas: readonly SchemaFacts[]
  readonly tables: readonly ObjectFacts[]
  readonly sequences: readonly ObjectFacts[]
  readonly functions: readonly ObjectFacts[]
}

const LOGIN = `SELECT json_build_object(
  'login', session_user, 'quotedLogin', quote_ident(session_user),
  'database', d.datname, 'quotedDatabase', quote_ident(d.datname),
  'isSuperuser', r.rolsuper,
  'mayConnect', has_database_privilege(d.oid, 'CONNECT'), 'mayCreateSchemas', has_database_privilege(d.oid, 'CREATE'),
  'databaseGrantees', ${granteesExpression({ acl: 'd.datacl', owner: 'd.datdba', kind: 'd' }, `'CREATE'`)},
  'postgisSchema', (SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'),
  'mayUsePostgis', COALESCE((SELECT has_schema_privilege(e.extnamespace, 'USAGE') FROM pg_extension e WHERE e.extname = 'postgis'), true))
FROM pg_roles r, pg_database d WHERE r.rolname = session_user AND d.datname = current_database()`

const MAKERS = `SELECT DISTINCT owner FROM (
    SELECT n.nspowner AS owner UNION ALL
    SELECT c.relowner FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  ) AS makers WHERE owner <> (SELECT oid FROM pg_roles WHERE rolname = session_user) AND pg_get_userbyid(owner) <> 'pg_database_owner'`

const IS_COVERED = `EXISTS (
    SELECT 1 FROM pg_default_acl a, aclexplode(a.defaclacl) AS item
    WHERE a.defaclrole = owner AND a.defaclnamespace IN (n.oid, 0) AND a.defaclobjtype = 'r' AND item.privilege_type = 'SELECT'
      AND (item.grantee = 0 OR pg_has_role(session_user, item.grantee, 'USAGE')))`

const SCHEMAS = `SELECT COALESCE(json_agg(json_build_object(
  'name', n.nspname, 'quoted', quote_ident(n.nspname), 'isOwned', pg_has_role(session_user, n.nspowner, 'USAGE'),
  'held', ARRAY(SELECT p FROM unnest(ARRAY['USAGE', 'CREATE']) AS p WHERE has_schema_privilege(n.oid, p)),
  'grantees', ${granteesExpression({ acl: 'n.nspacl', owner: 'n.nspowner', kind: 'n' }, `'CREATE'`)},
  'makers', ARRAY(SELECT quote_ident(pg_get_userbyid(owner)) FROM (${MAKERS}) AS m ORDER BY 1),
  'coveredMakers', ARRAY(SELECT quote_ident(pg_get_userbyid(owner)) FROM (${MAKERS}) AS m WHERE ${IS_COVERED} ORDER BY 1)
) ORDER BY n.nspname), '[]')
FROM pg_namespace n WHERE ${isOwnSchema('n.nspname')}`

const TABLES = `SELECT COALESCE(json_agg(json_build_object(
  'schema', n.nspname, 'name', format('%I.%I', n.nspname, c.relname), 'isOwned', pg_has_role(session_user, c.relowner, 'USAGE'),
  'held', ARRAY(SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS p WHERE has_table_privilege(c.oid, p)),
  'grantees', ${granteesExpression({ acl: 'c.relacl', owner: 'c.relowner', kind: 'r' }, `'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'`)}
) ORDER BY n.nspname, c.relname), '[]')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND ${isOwnSchema('n.nspname')} AND ${isNoExtension('c.oid', 'pg_class')}`

const SEQUENCES = `SELECT COALESCE(json_agg(json_build_object(
  'schema', n.nspname, 'name', format('%I.%I', n.nspname, c.relname), 'isOwned', pg_has_role(session_user, c.relowner, 'USAGE'),
  'held', ARRAY(SELECT p FROM unnest(ARRAY['USAGE']) AS p WHERE has_sequence_privilege(c.oid, p)), 'grantees', ARRAY[]::text[]
) ORDER BY n.nspname, c.relname), '[]')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'S' AND ${isOwnSchema('n.nspname')} AND ${isNoExtension('c.oid', 'pg_class')}`

const FUNCTIONS = `SELECT COALESCE(json_agg(json_build_object(
  'schema', n.nspname, 'name', format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
  'isOwned', pg_has_role(session_user, p.proowner, 'USAGE'),
  'held', ARRAY(SELECT right_name FROM unnest(ARRAY['EXECUTE']) AS right_name WHERE has_function_privilege(p.oid, right_name)),
  'grantees', ARRAY[]::text[]) ORDER BY n.nspname, p.proname), '[]')
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE NOT p.prosecdef AND p.prokind IN ('f', 'w') AND ${isOwnSchema('n.nspname')} AND ${isNoExtension('p.oid', 'pg_proc')}`

/** Asks the catalogue which rights the login has. */
export async function readGrantFacts(running: RunningStatement): Promise<GrantFacts> {
  const login = await readJson<Omit<GrantFacts, 'schemas' | 'tables' | 'sequences' | 'functions'>>(running, LOGIN)
  return {
    ...login,
    schemas: await readJson<SchemaFacts[]>(running, SCHEMAS),
    tables: await readJson<ObjectFacts[]>(running, TABLES),
    sequences: await readJson<ObjectFacts[]>(running, SEQUENCES),
    functions: await readJson<ObjectFacts[]>(running, FUNCTIONS),
  }
}
