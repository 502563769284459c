import type { GrantDifference, GrantPurpose, GrantReport } from '@graticule/contract'
import type { GrantFacts, ObjectFacts, SchemaFacts } from './facts.ts'
import { NEEDED_PRIVILEGES, type NeededPrivileges, WRITING_TABLE_PRIVILEGES } from './purposes.ts'

/** More differences than this are told by the script alone. */
const MAX_DIFFERENCES = 200

/** The script for a purpose in the chosen schemas, and how the login differs from what it would give. Pure. */
export function writeGrantReport(facts: GrantFacts, purpose: GrantPurpose, chosen: readonly string[]): GrantReport {
  const needed = NEEDED_PRIVILEGES[purpose]
  const schemas = facts.schemas.filter(({ name }) => chosen.includes(name))
  return {
    login: facts.login,
    database: facts.database,
    script: writeScript(facts, needed, schemas),
    missing: listMissing(facts, needed, schemas).slice(0, MAX_DIFFERENCES),
    excess: listExcess(facts, needed, schemas).slice(0, MAX_DIFFERENCES),
    availableSchemas: facts.schemas.map(({ name }) => name),
  }
}

function writeScript(facts: GrantFacts, needed: NeededPrivileges, schemas: readonly SchemaFacts[]): string {
  const { quotedLogin: login, quotedDatabase, postgisSchema } = facts
  const lines = [`GRANT CONNECT ON DATABASE ${quotedDatabase} TO ${login};`]
  if (postgisSchema !== null) lines.push(`GRANT USAGE ON SCHEMA ${postgisSchema} TO ${login};`)
  for (const schema of schemas) {
    const { quoted, makers } = schema
    const tablePrivileges = needed.table.join(', ')
    lines.push(
      '',
      `GRANT ${needed.schema.join(', ')} ON SCHEMA ${quoted} TO ${login};`,
      `GRANT ${tablePrivileges} ON ALL TABLES IN SCHEMA ${quoted} TO ${login};`,
    )
    if (needed.sequence.length > 0) lines.push(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${quoted} TO ${login};`)
    if (needed.callsFunctions) {
      // One by one: ALL FUNCTIONS would give those that run with the rights of their owner too.
      for (const { name } of inSchema(facts.functions, schema)) {
        lines.push(`GRANT EXECUTE ON FUNCTION ${name} TO ${login};`)
      }
    }
    for (const maker of makers) lines.push(defaultPrivileges(maker, quoted, tablePrivileges, login))
  }
  return `${lines.join('\n')}\n`
}

function defaultPrivileges(maker: string, schema: string, privileges: string, login: string): string {
  return `ALTER DEFAULT PRIVILEGES FOR ROLE ${maker} IN SCHEMA ${schema} GRANT ${privileges} ON TABLES TO ${login};`
}

function listMissing(
  facts: GrantFacts,
  needed: NeededPrivileges,
  schemas: readonly SchemaFacts[],
): readonly GrantDifference[] {
  const { quotedLogin: login, quotedDatabase, postgisSchema } = facts
  const missing: GrantDifference[] = []
  const miss = (privilege: string, kind: string, object: string): void => {
    const words = kind.toLowerCase()
    const sentence = `The login ${facts.login} lacks ${privilege} on the ${words} ${object}.`
    missing.push({ privilege, object, sentence, remedy: `GRANT ${privilege} ON ${kind} ${object} TO ${login};` })
  }
  if (!facts.mayConnect) miss('CONNECT', 'DATABASE', quotedDatabase)
  if (postgisSchema !== null && !facts.mayUsePostgis) miss('USAGE', 'SCHEMA', postgisSchema)
  for (const schema of schemas) {
    for (const privilege of lacking(schema, needed.schema)) miss(privilege, 'SCHEMA', schema.quoted)
    for (const table of inSchema(facts.tables, schema)) {
      for (const privilege of lacking(table, needed.table)) miss(privilege, 'TABLE', table.name)
    }
    for (const sequence of inSchema(facts.sequences, schema)) {
      for (const privilege of lacking(sequence, needed.sequence)) miss(privilege, 'SEQUENCE', sequence.name)
    }
    if (needed.callsFunctions) {
      for (const found of inSchema(facts.functions, schema)) {
        for (const privilege of lacking(found, ['EXECUTE'])) miss(privilege, 'FUNCTION', found.name)
      }
    }
    for (const maker of schema.makers.filter((name) => !schema.coveredMakers.includes(name) && !facts.isSuperuser)) {
      missing.push({
        privilege: 'SELECT',
        object: schema.quoted,
        sentence: `Tables that ${maker} makes next in the schema ${schema.quoted} will not be readable by the login ${facts.login}.`,
        remedy: defaultPrivileges(maker, schema.quoted, needed.table.join(', '), login),
      })
    }
  }
  return missing
}

function listExcess(
  facts: GrantFacts,
  needed: NeededPrivileges,
  schemas: readonly SchemaFacts[],
): readonly GrantDifference[] {
  const { login, quotedLogin, quotedDatabase } = facts
  if (facts.isSuperuser) {
    const sentence = `The login ${login} is a superuser and may do everything.`
    return [{ privilege: 'SUPERUSER', object: quotedLogin, sentence, remedy: `ALTER ROLE ${quotedLogin} NOSUPERUSER;` }]
  }
  const excess: GrantDifference[] = []
  const exceed = (privilege: string, kind: string, object: string, grantees: readonly string[]): void => {
    const sentence = `The login ${login} has ${privilege} on the ${kind.toLowerCase()} ${object}, which this purpose does not need.`
    const remedy = `REVOKE ${privilege} ON ${kind} ${object} FROM ${grantees.join(', ') || quotedLogin};`
    excess.push({ privilege, object, sentence, remedy })
  }
  const own = (kind: string, object: string): void => {
    excess.push({
      privilege: 'OWNER',
      object,
      sentence: `The login ${login} owns the ${kind.toLowerCase()} ${object} and may change it; run this as who should own it.`,
      remedy: `ALTER ${kind} ${object} OWNER TO CURRENT_USER;`,
    })
  }
  const chosen = new Set(schemas.map(({ name }) => name))
  const makesTables = needed.schema.includes('CREATE')
  if (facts.mayCreateSchemas) exceed('CREATE', 'DATABASE', quotedDatabase, facts.databaseGrantees)
  for (const { name, quoted, held, grantees, isOwned } of facts.schemas) {
    if (isOwned) own('SCHEMA', quoted)
    else if (held.includes('CREATE') && !(makesTables && chosen.has(name))) exceed('CREATE', 'SCHEMA', quoted, grantees)
  }
  for (const { schema, name, held, grantees, isOwned } of facts.tables) {
    const isChosen = chosen.has(schema)
    if (isOwned) {
      // What a login made itself, where it may make tables, is its own.
      if (!(makesTables && isChosen)) own('TABLE', name)
      continue
    }
    const allowed: readonly string[] = isChosen ? needed.table : []
    const writing = WRITING_TABLE_PRIVILEGES.filter(
      (privilege) => held.includes(privilege) && !allowed.includes(privilege),
    )
    if (writing.length > 0) exceed(writing.join(', '), 'TABLE', name, grantees)
  }
  return excess
}

function inSchema(objects: readonly ObjectFacts[], { name }: SchemaFacts): readonly ObjectFacts[] {
  return objects.filter(({ schema }) => schema === name)
}

function lacking({ held }: { readonly held: readonly string[] }, needed: readonly string[]): readonly string[] {
  return needed.filter((privilege) => !held.includes(privilege))
}
