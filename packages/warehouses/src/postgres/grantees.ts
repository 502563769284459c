/** A catalogue and the columns of it that say who may do what. */
interface AclColumns {
  readonly acl: string
  readonly owner: string
  /** The letter of `acldefault()`: r for relations, n for schemas, d for databases, f for functions. */
  readonly kind: 'r' | 'n' | 'd' | 'f'
}

/**
 * SQL of the quoted roles, PUBLIC among them, through which this login has one of the privileges on an object; taking it
 * from all of them is what takes it from the login. `privileges` is SQL of a list of texts.
 */
export function granteesExpression({ acl, owner, kind }: AclColumns, privileges: string): string {
  return `ARRAY(
    SELECT DISTINCT CASE WHEN item.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(item.grantee)) END
    FROM aclexplode(COALESCE(${acl}, acldefault('${kind}', ${owner}))) AS item
    WHERE item.privilege_type IN (${privileges}) AND item.grantee <> ${owner}
      AND (item.grantee = 0 OR pg_has_role(session_user, item.grantee, 'USAGE')))`
}

/** Of catalogue entries that people made: nothing of PostgreSQL's own, and nothing that an extension brought along. */
export function isOwnSchema(column: string): string {
  return `${column} <> 'information_schema' AND ${column} !~ '^pg_'`
}

/** See `isOwnSchema`; `catalogue` is where the object stands, such as `pg_class`. */
export function isNoExtension(oid: string, catalogue: 'pg_class' | 'pg_proc'): string {
  return `NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.classid = '${catalogue}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`
}
