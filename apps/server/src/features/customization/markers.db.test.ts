import { createHash } from 'node:crypto'
import {
  type Customization,
  emptyMapDocument,
  MAX_MARKER_BYTES,
  type MapDocument,
  type SettingsPlan,
  type SettingsText,
} from '@graticule/contract'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPng } from '../../testing/create-png.ts'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../../testing/create-test-warehouse.ts'

let testApp: TestApp
let warehouse: TestWarehouse
beforeAll(async () => {
  testApp = await createTestApp()
  warehouse = await createTestWarehouse(testApp)
})
afterAll(async () => {
  await warehouse.close()
  await testApp.close()
})

type Role = 'admin' | 'editor' | 'viewer' | 'guest'

const SETTINGS = '/workspace-api/settings'
const PNG = createPng(64, 64)
const digestOf = (png: string) =>
  createHash('sha256')
    .update(Buffer.from(png.split(',')[1] ?? '', 'base64'))
    .digest('hex')
const textOf = (markers: unknown) => JSON.stringify({ version: 1, markers })
const settings = async () => (await testApp.request({ url: SETTINGS, as: 'admin' })).json<SettingsText>()
const plan = async (markers: unknown) =>
  (
    await testApp.request({ method: 'POST', url: `${SETTINGS}/plan`, as: 'admin', payload: { text: textOf(markers) } })
  ).json<SettingsPlan>()
async function apply(markers: unknown, as: Role = 'admin') {
  const { revisions: base } = await settings()
  return testApp.request({ method: 'POST', url: `${SETTINGS}/apply`, as, payload: { text: textOf(markers), base } })
}
const shownTo = async (as: Role) =>
  (await testApp.request({ url: '/workspace-api/customization', as })).json<Customization>().markers

function mapWith(visConfig: object): MapDocument {
  const document = emptyMapDocument('With a marker')
  const [dataId, source] = ['stores', 'demo.stores']
  document.keplerMapConfig.config.visState.layers = [
    {
      id: 'points',
      type: 'tileset',
      config: { dataId, label: 'Stores', color: [1, 2, 3], isVisible: true, textLabel: [], visConfig },
      visualChannels: {},
    },
  ]
  const dataset = { id: dataId, type: 'table', source, connectionName: 'warehouse', providerId: 'postgres' } as const
  return {
    ...document,
    datasets: [{ ...dataset, label: 'Stores', geoColumn: 'geom', columns: null, format: 'tilejson' }],
  }
}

const create = (document: MapDocument) =>
  testApp.request({ method: 'POST', url: '/workspace-api/maps', as: 'editor', payload: { document } })

test('a marker is a square PNG by what it holds, kept under its digest, and what an SVG could run comes nowhere near', async () => {
  const svg = `data:image/svg+xml;base64,${Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>').toString('base64')}`
  const disguised = `data:image/png;base64,${Buffer.from('<svg onload="alert(1)"/>').toString('base64')}`
  const png = Buffer.from(PNG.split(',')[1] ?? '', 'base64')
  const heaviest = Buffer.concat([png, Buffer.alloc(MAX_MARKER_BYTES + 1 - png.length)])
  const heavy = `data:image/png;base64,${heaviest.toString('base64')}`
  const jpeg = `data:image/jpeg;base64,${Buffer.from('ffd8ffc0000b080040004001', 'hex').toString('base64')}`
  for (const [image, sentence] of [
    [svg, 'PNG, JPEG or WebP'],
    [disguised, 'PNG, JPEG or WebP'],
    [heavy, '64 KB'],
    [jpeg, 'must be a PNG'],
    [createPng(64, 32), '64 × 32 pixels'],
    [createPng(8, 8), '8 × 8 pixels'],
    [createPng(600, 600), '600 × 600 pixels'],
    ['https://example.org/pin.png', 'PNG, JPEG or WebP'],
    ['a'.repeat(64), 'no marker with that digest'],
  ] as const) {
    const planned = await plan([{ name: 'Pin', image }])
    expect(JSON.stringify(planned), image.slice(0, 40)).toContain(sentence)
    expect((await apply([{ name: 'Pin', image }])).statusCode).toBeGreaterThanOrEqual(400)
  }
  expect(await shownTo('guest')).toEqual([])
})

test('admins add markers, as code too; everybody sees them, an event tells of them, and a digest names an earlier one', async () => {
  const digest = digestOf(PNG)
  const url = `/markers/${testApp.organizationId}/${digest}`
  expect((await apply([{ name: 'Pin', image: PNG }], 'editor')).statusCode).toBe(403)
  expect((await plan([{ name: 'Pin', image: PNG }])).effects).toEqual([
    { section: 'markers', kind: 'gain', name: 'Pin', sentence: 'Builder offers this marker.' },
  ])
  expect((await apply([{ name: 'Pin', image: PNG }])).statusCode).toBe(200)
  expect((await settings()).document.markers).toEqual([{ name: 'Pin', image: digest }])
  expect((await plan([{ name: 'Pin', image: PNG }])).differences).toEqual([])
  expect((await plan([{ name: 'Pin', image: digest }])).differences).toEqual([])
  for (const as of ['editor', 'viewer', 'guest'] as const) expect(await shownTo(as)).toEqual([{ name: 'Pin', url }])
  const twice = [
    { name: 'Pin', image: digest },
    { name: 'pin', image: digest },
  ]
  expect((await plan(twice)).problems).toEqual(['Two markers are called "pin".'])

  const served = await testApp.request({ url })
  expect(served.headers).toMatchObject({
    'content-type': 'image/png',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'access-control-allow-origin': '*',
  })
  expect(digestOf(`,${served.rawPayload.toString('base64')}`)).toBe(digest)
  for (const other of [`/markers/ac_other/${digest}`, `/markers/${testApp.organizationId}/${'a'.repeat(64)}`]) {
    expect((await testApp.request({ url: other })).statusCode).toBe(404)
  }
  const [event] = await testApp.store
    .selectFrom('activity')
    .selectAll()
    .where('type', '=', 'markers.updated')
    .orderBy('position', 'desc')
    .execute()
  expect(event).toMatchObject({
    actor_id: testApp.users.admin.id,
    details: { markers: [{ name: 'Pin', image: digest }] },
  })
  // What is no longer offered is there still for the maps that have it, and under its digest for whoever wants it back.
  expect((await plan([])).effects).toMatchObject([
    { kind: 'loss', sentence: expect.stringContaining('keep its picture') },
  ])
  await apply([])
  expect(await shownTo('editor')).toEqual([])
  expect((await testApp.request({ url })).statusCode).toBe(200)
  expect((await apply([{ name: 'Pin', image: digest }])).statusCode).toBe(200)
})

test('a map is drawn with markers of its organization alone, and readers get the address of the picture and nothing more', async () => {
  await apply([{ name: 'Pin', image: PNG }])
  const url = `/markers/${testApp.organizationId}/${digestOf(PNG)}`
  for (const visConfig of [
    { customMarkers: true, customMarkersUrl: 'https://example.org/pin.png' },
    { customMarkers: true, customMarkersUrl: `//example.org${url}` },
    { customMarkers: true, customMarkersUrl: `/markers/ac_other/${digestOf(PNG)}` },
    { customMarkers: true, customMarkersUrl: `${url}/../../auth` },
    { customMarkersRange: { markerMap: [{ value: 'kiosk', markerUrl: 'https://example.org/pin.png' }] } },
    { customMarkersRange: { markerMap: [], othersMarker: 'https://example.org/pin.png' } },
  ]) {
    const refused = await create(mapWith(visConfig))
    expect(refused.statusCode, JSON.stringify(visConfig)).toBe(400)
    expect(refused.json().error).toContain('The layer "Stores" is drawn with a marker that is not the organization’s')
  }
  const made = await create(mapWith({ customMarkers: true, customMarkersUrl: url, radius: 24, filled: false }))
  expect(made.statusCode, made.body).toBe(201)
  const { id } = made.json()
  await testApp.request({
    method: 'POST',
    url: `/workspace-api/maps/${id}/privacy`,
    as: 'editor',
    payload: { privacy: 'public' },
  })
  const read = await testApp.request({ url: `/v3/maps/public/${id}` })
  const [layer] = read.json().keplerMapConfig.config.visState.layers
  // Programs on other sites load it too, so that its address is whole.
  expect(layer.config.visConfig).toMatchObject({
    customMarkers: true,
    customMarkersUrl: `http://localhost${url}`,
    filled: false,
  })
  expect(read.body).not.toContain('Pin')
  const viewed = await testApp.request({ url: `/workspace-api/viewer/maps/${id}` })
  expect(viewed.body).not.toContain('Pin')
  expect(viewed.json().document.keplerMapConfig.config.visState.layers[0].config.visConfig.customMarkersUrl).toBe(url)
  const image = await testApp.request({ url })
  expect(image.statusCode).toBe(200)

  // As a document from before markers may say it, whose address would become another host's behind ours.
  for (const column of ['document', 'published_document'] as const) {
    const says = JSON.stringify(url)
    await sql`UPDATE maps SET ${sql.ref(column)} =
      replace(${sql.ref(column)}::text, ${says}, '".evil.example/x"')::jsonb WHERE id = ${id}`.execute(testApp.store)
  }
  const old = await testApp.request({ url: `/v3/maps/public/${id}` })
  expect(old.statusCode, old.body).toBe(200)
  expect(old.body).not.toContain('evil.example')
})
