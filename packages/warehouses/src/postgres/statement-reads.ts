import { AppError } from '@graticule/contract'
import type { ReadRelation, StatementReads } from '../provider.ts'
import { isCommandTree, readParseTree, type TreeReferences } from './parse-tree.ts'
import { isSafeFunction } from './safe-functions.ts'
import type { SendStatement, WireRow } from './wire-query.ts'

const PREPARED = 'graticule_reads'

/** What came with the server has a number below this one. */
const FIRST_OWN_NUMBER = 16_384

const RELATIONS = `SELECT n.nspname, c.relname,
  c.oid < ${FIRST_OWN_NUMBER} OR n.nspname IN ('pg_catalog', 'information_schema') OR n.nspname LIKE 'pg\\_%' OR EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
  )
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ANY ($1::oid[]) ORDER BY 1, 2`

const FUNCTIONS = `SELECT n.nspname, p.proname, p.provolatile, p.oid < ${FIRST_OWN_NUMBER}, (
    SELECT e.extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
    WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass
  )
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.oid = ANY ($1::oid[]) OR p.oid IN (SELECT oprcode FROM pg_operator WHERE oid = ANY ($2::oid[])) ORDER BY 1, 2`

/** What one session offers to whoever asks what a statement reads. */
export interface ReadsSession {
  readonly send: SendStatement
  /** Has a statement analysed and nothing else. */
  readonly analyse: (text: string) => Promise<void>
  /** Collects the details of the notices that come in while the work goes on. */
  readonly collectNotices: (work: () => Promise<unknown>) => Promise<readonly string[]>
}

/**
 * What a statement refers to: has it analysed and not run, and its tree told as a notice. The tree still names views as
 * views, and nothing of the statement is evaluated. Null for what turned out to be no query, such as SELECT … INTO.
 */
export async function readReferences(
  text: string,
  { send, analyse, collectNotices }: ReadsSession,
): Promise<TreeReferences | null> {
  await send('SET LOCAL debug_pretty_print = off', [])
  await send('SET LOCAL client_min_messages = log', [])
  await send('SET LOCAL debug_print_parse = on', [])
  let told = (await collectNotices(() => send(`PREPARE ${PREPARED} AS ${text}`, []))).filter(isTree)
  // PREPARE is told too; a second command is what a query such as SELECT … INTO turned out to be.
  let ownCommands = 1
  if (told.every(isCommandTree) && (await isPrepareSilent(send))) {
    // It has refused already what is no query, and is not what makes these servers tell what one reads.
    told = (await collectNotices(() => analyse(text))).filter(isTree)
    ownCommands = 0
  }
  await send('SET LOCAL debug_print_parse = off', [])
  await send(`DEALLOCATE ${PREPARED}`, [])
  const trees = told.filter((detail) => !isCommandTree(detail))
  const [tree] = trees
  if (tree === undefined && told.length > ownCommands) return null
  if (tree === undefined || trees.length > 1) {
    throw new AppError(
      'warehouse_failed',
      'The database does not tell what a statement reads; grant everything on the connection instead, or single tables.',
    )
  }
  return readParseTree(tree)
}

/** Asks the server what a statement reads, without running it. Runs in one transaction, which the caller ends. */
export async function listReads(text: string, session: ReadsSession): Promise<StatementReads> {
  const { send } = session
  const references = await readReferences(text, session)
  if (references === null) return { relations: [], hasUnknown: true, opaqueFunctions: [], isReadOnly: false }
  const relations = await send(RELATIONS, [references.relations])
  const functions = await send(FUNCTIONS, [references.functions, references.operators])
  const unsafe = functions.rows.map(toFunction).filter((each) => !isSafeFunction(each))
  return {
    relations: relations.rows.map(toRelation),
    // What went between the two questions is gone, and counts as nothing that anybody may read.
    hasUnknown: relations.rows.length !== references.relations.length,
    opaqueFunctions: [...new Set(unsafe.map(({ name }) => name)), ...(references.namesCatalog ? ['regclass'] : [])],
    isReadOnly: !references.doesMore,
  }
}

function isTree(detail: string): boolean {
  return detail.trimStart().startsWith('{QUERY')
}

/** Before PostgreSQL 14, PREPARE tells of itself and not of the statement that it prepares. */
async function isPrepareSilent(send: SendStatement): Promise<boolean> {
  const { rows } = await send("SELECT current_setting('server_version_num')::int < 140000", [])
  return rows[0]?.[0] === 't'
}

function toRelation([schema, name, isSystem]: WireRow): ReadRelation {
  return { schema: schema ?? '', name: name ?? '', isSystem: isSystem === 't' }
}

function toFunction([schema, name, volatility, isBuiltIn, extension]: WireRow) {
  return {
    schema: schema ?? '',
    name: name ?? '',
    volatility: volatility ?? 'v',
    isBuiltIn: isBuiltIn === 't',
    extension: extension ?? null,
  }
}
