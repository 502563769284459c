import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { readDemoFile, startServer, WorkspaceClient } from '@graticule/e2e'
import pg from 'pg'
import { HttpClient } from './http-client.ts'
import { fillOrganization, SIZES } from './many-maps.ts'
import { type Finding, formatMs, formatRatio, type Section } from './report.ts'
import type { ServedTables } from './served-tables.ts'
import { median } from './statistics.ts'

const ROUNDS = 60
const WARM_UP_ROUNDS = 20
const PAGE = 50
const MAX_RATIO = 1.3
const DATABASE = 'bench_metadata'

/** What is asked for: the list's address, and what stands for it in the query that is written by hand. */
const SCOPES = [
  { what: 'all maps', query: '', where: 'true' },
  { what: 'mine', query: 'scope=mine&', where: 'maps.owner_id = $1' },
  { what: 'shared with you', query: 'scope=shared&', where: 'maps.owner_id <> $1' },
  {
    what: 'search for “flood survey”',
    query: 'search=flood%20survey&',
    where: `(maps.published_words @@ '''flood'':*'::tsquery AND maps.published_words @@ '''survey'':*'::tsquery)`,
  },
] as const

/** The list of maps of a large organization over HTTP, against its query written by hand on the same store. */
export async function measureMapList(served: ServedTables): Promise<Section> {
  const home = await mkdtemp(join(tmpdir(), 'graticule-bench-'))
  const admin = new pg.Client({ connectionString: served.connectionString })
  await admin.connect()
  await admin.query(`CREATE DATABASE ${DATABASE}`)
  const url = new URL(served.connectionString)
  url.pathname = `/${DATABASE}`
  const env = { LOG_LEVEL: 'info', DATABASE_URL: url.href }
  const server = await startServer({ home, via: 'main', env, readyWithinMs: 300_000 })
  const client = new pg.Client({ connectionString: url.href })
  const http = new HttpClient()
  try {
    await client.connect()
    const editor = readDemoFile(home).users.find(({ role }) => role === 'editor')
    if (!editor) throw new Error('demo.json names no editor')
    const { cookie } = await WorkspaceClient.signIn(server.baseUrl, editor.email, editor.password)
    const { rows } = await client.query('SELECT id, organization_id FROM users WHERE email = $1', [editor.email])
    const [reader] = rows
    await fillOrganization(client, reader.organization_id, reader.id)
    const findings: Finding[] = []
    for (const { what, query, where } of SCOPES) {
      const address = `${server.baseUrl}/workspace-api/maps?${query}pageSize=${PAGE}`
      const ours: number[] = []
      const theirs: number[] = []
      let total = 0
      for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
        const start = performance.now()
        const { status } = await http.get(address, { cookie })
        const middle = performance.now()
        total = await readByHand(client, reader.id, reader.organization_id, where)
        const end = performance.now()
        if (status !== 200) throw new Error(`${address} answered ${status}`)
        if (round < 0) continue
        ours.push(middle - start)
        theirs.push(end - middle)
      }
      const answer = await fetch(address, { headers: { cookie } })
      const { total: told } = (await answer.json()) as { total: number }
      if (told !== total) throw new Error(`${what}: the list counts ${told}, the query by hand ${total}`)
      const ratio = median(ours) / median(theirs)
      findings.push({
        what: `${what}, ${total} of them`,
        measured: `${formatMs(median(ours))} : ${formatMs(median(theirs))} = ${formatRatio(ratio)}`,
        goal: `≤ ${MAX_RATIO} ×`,
        reached: ratio <= MAX_RATIO,
      })
    }
    return {
      title: `The list of maps of ${SIZES.people} people, ${SIZES.groups} groups and ${SIZES.maps} maps`,
      findings,
      notes: [
        `A page of ${PAGE} for an editor in ${SIZES.groupsOfAPerson} groups, medians of ${ROUNDS} rounds in which the sides take turns, one request at a time. Ours is the whole HTTP answer: session, rights, statement, the right total, JSON. By hand it is the same driver on the same server: one statement that counts and one that reads the page with owners, audiences, tags and favourites.`,
        `Load of the machine at the end: ${loadavg()[0]?.toFixed(1)}.`,
      ],
    }
  } finally {
    http.close()
    await client.end()
    await server.stop()
    await admin.query(`DROP DATABASE ${DATABASE} WITH (FORCE)`)
    await admin.end()
    await rm(home, { recursive: true, force: true })
  }
}

/** What somebody would write who knows the tables: who may see a map is one condition, the count is a query of its own. */
async function readByHand(client: pg.Client, readerId: string, organizationId: string, where: string): Promise<number> {
  const found = `
    FROM maps JOIN users ON users.id = maps.owner_id
    WHERE maps.organization_id = $2 AND maps.deleted_at IS NULL AND (maps.is_listed OR maps.owner_id = $1) AND ${where}
    AND (maps.owner_id = $1 OR maps.id IN (
      SELECT asset_id FROM grants WHERE organization_id = $2 AND asset_kind = 'map'
      AND (expires_at IS NULL OR expires_at > now())
      AND (audience_kind = 'organization' OR user_id = $1 OR audience_kind = 'public'
        OR group_id IN (SELECT group_id FROM group_members WHERE user_id = $1))))`
  const values = [readerId, organizationId]
  const counted = await client.query(`SELECT count(*)::integer AS total ${found}`, values)
  await client.query(
    `SELECT maps.id, CASE WHEN maps.owner_id = $1 THEN maps.title ELSE maps.published_title END AS title,
       CASE WHEN maps.owner_id = $1 THEN maps.description ELSE maps.published_description END AS description,
       CASE WHEN maps.owner_id = $1 THEN maps.updated_at ELSE maps.published_at END AS changed_at,
       maps.created_at, maps.owner_id, users.name, users.email, maps.project_id,
       jsonb_array_length(maps.published_document #> '{keplerMapConfig,config,visState,layers}') AS layer_count,
       jsonb_path_query_array(maps.published_document, '$.datasets[*].connectionName') AS connections,
       (SELECT jsonb_agg(jsonb_build_array(audience_kind, group_id, user_id)) FROM grants
        WHERE asset_kind = 'map' AND asset_id = maps.id) AS audience,
       ARRAY(SELECT tag FROM asset_tags WHERE asset_kind = 'map' AND asset_id = maps.id) AS tags,
       EXISTS (SELECT FROM favourites WHERE user_id = $1 AND asset_kind = 'map' AND asset_id = maps.id) AS favourite
     ${found} ORDER BY changed_at DESC, maps.id LIMIT ${PAGE}`,
    values,
  )
  return counted.rows[0].total
}
