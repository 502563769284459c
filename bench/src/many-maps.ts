import type pg from 'pg'

/** What the issue names: an organization as large as the list must be quick for. */
export const SIZES = { people: 1_000, groups: 50, maps: 20_000, groupsOfAPerson: 4 } as const

/**
 * Fills an organization with synthetic people, groups and maps. Of ten maps four are private, three are shared with the
 * organization, two with one to three groups, and one with a few people or publicly.
 */
export async function fillOrganization(client: pg.Client, organizationId: string, readerId: string): Promise<void> {
  const { people, groups, maps, groupsOfAPerson } = SIZES
  const run = (text: string, values: unknown[] = []) => client.query(text, values)
  await run('SELECT setseed(0.42)')
  await run(
    `INSERT INTO users (id, organization_id, email, name, role, created_at, search_words)
     SELECT 'p' || n, $1, 'person' || n || '@example.org', 'Person ' || n,
       (ARRAY['editor', 'editor', 'viewer', 'admin'])[1 + n % 4], now(),
       array_to_tsvector(ARRAY['person', n::text, 'person' || n, 'example', 'org'])
     FROM generate_series(1, $2) AS n`,
    [organizationId, people],
  )
  await run(
    `INSERT INTO groups (id, organization_id, name, created_at)
     SELECT 'g' || n, $1, 'Group ' || n, now() FROM generate_series(1, $2) AS n`,
    [organizationId, groups],
  )
  await run(
    `INSERT INTO group_members (group_id, user_id, added_at)
     SELECT 'g' || (1 + (n * 7 + k * 11) % $1), CASE n WHEN 0 THEN $3 ELSE 'p' || n END, now()
     FROM generate_series(0, $2) AS n, generate_series(1, $4) AS k`,
    [groups, people, readerId, groupsOfAPerson],
  )
  await run(
    `INSERT INTO maps (id, organization_id, owner_id, title, description, document, created_at, updated_at, search_words,
       published_title, published_description, published_document, published_revision, published_at, published_words)
     SELECT 'm' || n, $1, CASE WHEN n % 200 = 0 THEN $3 ELSE 'p' || (1 + (n * 13) % $4) END,
       words.title, words.description, $5::jsonb, at, at, found.words,
       words.title, words.description, $5::jsonb, 1, at, found.words
     FROM generate_series(1, $2) AS n,
       LATERAL (SELECT (ARRAY['Stores', 'Flood', 'Parcel', 'Traffic', 'Harbour', 'Forest', 'Tram'])[1 + n % 7]
         || ' ' || (ARRAY['plan', 'report', 'survey', 'draft', 'overview'])[1 + n % 5] || ' ' || n AS title,
         'Drawn from the tables of area ' || n % 97 AS description) AS words,
       LATERAL (SELECT now() - random() * interval '700 days' + n * interval '0' AS at) AS times,
       LATERAL (SELECT array_to_tsvector(ARRAY['drawn', 'from', 'the', 'tables', 'of', 'area', (n % 97)::text, 'demo', 'table' || n % 500]
         || string_to_array(lower(words.title), ' ')) AS words) AS found`,
    [organizationId, maps, readerId, people, JSON.stringify(documentOfThreeLayers())],
  )
  const grant = (audience: string, column: string | null, value: string, where: string) =>
    run(
      `INSERT INTO grants (organization_id, asset_kind, asset_id, audience_kind, ${column ?? 'created_at'}${column ? ', created_at' : ''})
       SELECT $1, 'map', 'm' || n, '${audience}', ${column ? `${value}, ` : ''}now()
       FROM generate_series(1, $2) AS n, generate_series(0, 2) AS k WHERE ${where}`,
      [organizationId, maps],
    )
  await grant('organization', null, '', 'n % 10 IN (4, 5, 6) AND k = 0')
  await grant('group', 'group_id', `'g' || (1 + (n / 10 + k * 17) % ${groups})`, 'n % 10 IN (7, 8) AND k <= n % 3')
  await grant('user', 'user_id', `'p' || (1 + (n * 3 + k * 211) % ${people})`, 'n % 10 = 9 AND n % 3 <> 0')
  await grant('public', null, '', 'n % 10 = 9 AND n % 3 = 0 AND k = 0')
  await run('VACUUM ANALYZE')
}

function documentOfThreeLayers(): object {
  const numbers = [1, 2, 3]
  return {
    datasets: numbers.map((n) => ({
      id: `d${n}`,
      type: 'table',
      source: `demo.table${n}`,
      connectionName: n === 3 ? 'second' : 'carto_dw',
      label: `Table ${n}`,
      geoColumn: 'geom',
      columns: Array.from({ length: 12 }, (_, index) => `column_${index}`),
    })),
    keplerMapConfig: {
      config: {
        visState: {
          layers: numbers.map((n) => ({
            id: `l${n}`,
            type: 'tileset',
            config: {
              dataId: `d${n}`,
              label: `Layer ${n}`,
              visConfig: { colorRange: { colors: Array.from({ length: 6 }, (_, i) => `#00${i}${n}ff`) } },
            },
          })),
        },
      },
    },
  }
}
