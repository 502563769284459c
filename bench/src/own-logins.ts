import type { InviteResult, TileAdvice } from '@graticule/contract'
import { WorkspaceClient } from '@graticule/e2e'
import { startPostgres } from '@graticule/testkit'
import pg from 'pg'
import { HttpClient } from './http-client.ts'
import { createOwnLoginTables, GUARDED_TABLE, LOGIN_PASSWORD, OPEN_TABLE, ROWS } from './own-login-tables.ts'
import { type Finding, formatMs, formatRatio, type Section } from './report.ts'
import type { ServedTables } from './served-tables.ts'
import { median } from './statistics.ts'

const LENT = 'bench-lent'
const OWN = 'bench-own'
const SOCKETS = 20
const PEOPLE = 200
const TILES_OF_A_PERSON = 5
const ROUNDS = 9
const MAX_OWN_RATIO = 1.3
const MAX_RLS_RATIO = 3
/** Tiles of a viewport within the points, of some 600 rows each. */
const TILES = [271, 272, 273].flatMap((x) => [175, 176].map((y) => ({ z: 9, x, y })))

/** Tiles that people read under logins of their own, against the login that a connection lends; and many people at once. */
export async function measureOwnLogins(served: ServedTables): Promise<Section> {
  const logins = Array.from({ length: PEOPLE }, (_, n) => `reader_${n}`)
  const postgres = await startPostgres({ authentication: 'scram', settings: { shared_buffers: '512MB', jit: 'off' } })
  const watcher = new pg.Client({ connectionString: postgres.connectionString })
  try {
    await createOwnLoginTables(postgres.connectionString, logins)
    await watcher.connect()
    const admin = await signInAs(served, 'admin')
    const config = { host: postgres.host, port: postgres.port, database: postgres.database }
    const keeper = { ...config, user: 'keeper', password: LOGIN_PASSWORD }
    const draft = { providerId: 'postgres', privacy: 'shared', config: keeper }
    await admin.call('POST', '/v3/connections', { ...draft, name: LENT })
    const options = { maxConcurrentQueries: SOCKETS }
    await admin.call('POST', '/v3/connections', {
      ...{ ...draft, name: OWN, options, credentialPolicy: 'viewer' },
      postureReason: 'Tables of a bench',
    })
    const [first, ...others] = await inviteReaders(served, admin, logins)
    if (first === undefined) throw new Error('There is nobody to read')
    const findings = [
      await compare(first, `a tile of the own login : of the connection’s, without row-level security`, MAX_OWN_RATIO, {
        one: { connection: OWN, table: OPEN_TABLE },
        other: { connection: LENT, table: OPEN_TABLE },
      }),
      await compare(first, '— with row-level security and no tile key : without row-level security', null, {
        one: { connection: OWN, table: GUARDED_TABLE },
        other: { connection: OWN, table: OPEN_TABLE },
      }),
    ]
    await addTileKey(first, watcher)
    findings.push(
      await compare(
        first,
        'a tile with row-level security and a tile key : without row-level security',
        MAX_RLS_RATIO,
        {
          one: { connection: OWN, table: GUARDED_TABLE },
          other: { connection: OWN, table: OPEN_TABLE },
        },
      ),
      ...(await measureCrowd([first, ...others], watcher)),
    )
    return {
      title: 'Logins of one’s own',
      findings,
      notes: [
        `${ROWS} points, of which row-level security shows nine of ten; whole HTTP answers with \`Cache-Control: no-cache\` of ${TILES.length} tiles over warm sockets, medians of ${ROUNDS} rounds in which the sides take turns tile by tile. The tile key is what the advisor’s script makes.`,
        `${PEOPLE} people with a database login each ask for ${TILES_OF_A_PERSON} tiles at once, through a connection that runs ${SOCKETS} statements at once; sessions are counted in \`pg_stat_activity\` every 20 ms.`,
      ],
    }
  } finally {
    await watcher.end()
    await postgres.stop()
  }
}

interface Reader {
  readonly client: WorkspaceClient
  readonly login: string
}

interface Source {
  readonly connection: string
  readonly table: string
}

async function signInAs({ demo, server }: ServedTables, role: string): Promise<WorkspaceClient> {
  const person = demo.users.find((user) => user.role === role)
  if (!person) throw new Error(`demo.json names no ${role}`)
  return WorkspaceClient.signIn(server.baseUrl, person.email, person.password)
}

/** Invites an editor for each login, who comes and gives theirs: editors read tables without a map. */
async function inviteReaders(
  { server }: ServedTables,
  admin: WorkspaceClient,
  logins: readonly string[],
): Promise<Reader[]> {
  const readers: Reader[] = []
  for (const login of logins) {
    const email = `${login.replace('_', '-')}@bench.example`
    const { results } = await admin.call<{ results: InviteResult[] }>('POST', '/workspace-api/invitations', {
      emails: [email],
      role: 'editor',
    })
    const [invited] = results
    const token = invited?.outcome === 'invited' ? (invited.link?.split('#')[1] ?? '') : ''
    await admin.send('POST', '/auth/invitation', { token, name: login, password: LOGIN_PASSWORD })
    const client = await WorkspaceClient.signIn(server.baseUrl, email, LOGIN_PASSWORD)
    await client.call('PUT', `/v3/connections/${OWN}/my-credentials`, {
      login: { user: login, password: LOGIN_PASSWORD },
    })
    readers.push({ client, login })
  }
  return readers
}

/** How the tiles of a source are addressed for a person. */
async function tileUrlOf({ client }: Reader, { connection, table }: Source) {
  const headers = { cookie: client.cookie }
  const read = async (url: string) => {
    const answer = await fetch(url, { headers })
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as Record<string, unknown>
  }
  const parameters = new URLSearchParams({ name: table, columns: 'revenue', spatialDataColumn: 'geom' })
  const source = await read(`${client.baseUrl}/v3/maps/${connection}/table?${parameters}`)
  const tilejson = await read((source.tilejson as { url: string[] }).url[0] as string)
  const [template = ''] = tilejson.tiles as string[]
  return ({ z, x, y }: (typeof TILES)[number]) =>
    template.replaceAll('{z}', String(z)).replaceAll('{x}', String(x)).replaceAll('{y}', String(y))
}

async function compare(
  reader: Reader,
  what: string,
  maxRatio: number | null,
  { one, other }: { readonly one: Source; readonly other: Source },
): Promise<Finding> {
  const http = new HttpClient()
  const headers = { cookie: reader.client.cookie, 'cache-control': 'no-cache' }
  try {
    const sides = await Promise.all([one, other].map((source) => tileUrlOf(reader, source)))
    const times = sides.map(() => TILES.map(() => [] as number[]))
    for (let round = -3; round < ROUNDS; round++) {
      for (const [at, tile] of TILES.entries()) {
        for (const [side, urlOf] of sides.entries()) {
          const start = performance.now()
          const { bytes, status } = await http.get(urlOf(tile), headers)
          if (status !== 200 || bytes < 1_000) throw new Error(`${urlOf(tile)} answered ${status}, ${bytes} bytes`)
          if (round >= 0) times[side]?.[at]?.push(performance.now() - start)
        }
      }
    }
    const [mine = 0, theirs = 0] = times.map((tiles) => median(tiles.map((rounds) => median(rounds))))
    const ratio = mine / theirs
    return {
      what,
      measured: `${formatMs(mine)} : ${formatMs(theirs)} = ${formatRatio(ratio)}`,
      goal: maxRatio === null ? '' : `≤ ${maxRatio} ×`,
      reached: maxRatio === null ? null : ratio <= maxRatio,
    }
  } finally {
    http.close()
  }
}

/** Runs what the advisor says of the guarded table, as its owner would. */
async function addTileKey({ client }: Reader, owner: pg.Client): Promise<void> {
  const advise = () =>
    client.call<TileAdvice>('POST', `/workspace-api/connections/${OWN}/advice`, {
      type: 'table',
      source: GUARDED_TABLE,
    })
  const { reason, script } = await advise()
  if (reason !== 'row-security' || script === null) throw new Error(`The advisor says ${reason} of the guarded table`)
  await owner.query(script)
}

/** Everybody at once: the most sessions that the warehouse had, and how long the slowest waited. */
async function measureCrowd(readers: readonly Reader[], watcher: pg.Client): Promise<Finding[]> {
  const urls = await Promise.all(readers.map((reader) => tileUrlOf(reader, { connection: OWN, table: GUARDED_TABLE })))
  const http = new HttpClient(readers.length)
  let most = 0
  let isOver = false
  const watch = (async () => {
    while (!isOver) {
      const { rows } = await watcher.query<{ sessions: number }>(
        `SELECT count(*)::integer AS sessions FROM pg_stat_activity WHERE usename LIKE 'reader\\_%'`,
      )
      most = Math.max(most, rows[0]?.sessions ?? 0)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })()
  const waits: number[] = []
  try {
    await Promise.all(
      readers.flatMap(({ client }, index) =>
        TILES.slice(0, TILES_OF_A_PERSON).map(async (tile) => {
          const start = performance.now()
          const url = urls[index]?.(tile) ?? ''
          const { status } = await http.get(url, { cookie: client.cookie, 'cache-control': 'no-cache' })
          if (status !== 200) throw new Error(`${url} answered ${status}`)
          waits.push(performance.now() - start)
        }),
      ),
    )
  } finally {
    isOver = true
    await watch
    http.close()
  }
  return [
    {
      what: `database sessions of ${readers.length} people who ask for ${TILES_OF_A_PERSON} tiles each at once`,
      measured: `${most} at most`,
      goal: `≤ ${SOCKETS}`,
      reached: most <= SOCKETS,
    },
    {
      what: `the ${waits.length} answers, all 200`,
      measured: `${formatMs(median(waits))} median, ${formatMs(Math.max(...waits))} the slowest`,
      goal: 'none fails',
      reached: true,
    },
  ]
}
