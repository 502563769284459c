import { setTimeout as sleep } from 'node:timers/promises'
import {
  CartoAPIError,
  clearDefaultRequestCache,
  fetchMap,
  type TilejsonResult,
  type WidgetQuerySource,
} from '@carto/api-client'
import { fetchMap as fetchMapAsLayers } from '@deck.gl/carto'
import type { Layer } from '@deck.gl/core'
import type { MapDetail, MapUnlock } from '@graticule/contract'
import { MVTLoader } from '@loaders.gl/mvt'
import { beforeEach, describe, expect, inject, it } from 'vitest'
import { WorkspaceClient } from '../harness/workspace-client.ts'
import { renderLayer } from './layer-rendering.ts'
import { type RecordedRequest, recordRequests } from './request-recorder.ts'

const { targets, demoMapId, baseUrl, users } = inject('servers')

beforeEach(() => {
  clearDefaultRequestCache()
})

describe.each(targets)('fetchMap over $label', (target) => {
  const { apiBaseUrl, accessToken } = target

  it('M01: a public map parses without a token, and its datasets load with the token of the map', async () => {
    const { result: map, requests } = await recordRequests(() =>
      fetchMap({ apiBaseUrl, cartoMapId: target.publicMapId }),
    )
    expect(map.title).toBe(`Public map on ${target.label}`)
    expect(requests[0]?.headers.has('authorization')).toBe(false)
    expect(map.token).toEqual(expect.any(String))
    const later = requests.slice(1)
    expect(later.length).toBeGreaterThan(6)
    for (const request of later) expect(request.headers.get('authorization')).toBe(`Bearer ${map.token}`)
    expect(map.layers.map((layer) => layer?.type)).toEqual(['tileset', 'tileset', 'tileset'])
    for (const layer of map.layers) {
      expect((layer.props.data as TilejsonResult).tiles).toHaveLength(1)
      // Real statistics came back: without them the domain would be the [0, 1] that the client falls back to.
      const scale = layer.scales.fillColor ?? layer.scales.lineColor
      const domain = (scale?.domain ?? [0, 1]) as readonly unknown[]
      expect(domain.filter((value) => typeof value !== 'string')).toEqual([])
    }
    const [longitude, latitude, zoom] = target.view
    expect(map.initialViewState).toMatchObject({ longitude, latitude, zoom })
  })

  it('M02: deck.gl’s fetchMap makes layers that load and draw their tiles', async () => {
    const map = await fetchMapAsLayers({ apiBaseUrl, cartoMapId: target.publicMapId })
    expect(map.layers).toHaveLength(3)
    for (const layer of map.layers as Layer[]) {
      const drawn = await renderLayer(layer.clone({ loaders: [MVTLoader] } as never), target.view)
      expect(drawn.errors).toEqual([])
      expect(drawn.sublayers.reduce((sum, sublayer) => sum + sublayer.instanceCount, 0)).toBeGreaterThan(0)
    }
  })

  it('M03: a map that does not exist is a CartoAPIError about a public map', async () => {
    const error = await fetchMap({ apiBaseUrl, cartoMapId: '00000000-0000-4000-8000-000000000000' }).catch(
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(CartoAPIError)
    expect((error as CartoAPIError).response?.status).toBe(404)
    expect((error as CartoAPIError).message).toContain('Public map')
  })

  it('M04: a private map does not exist for a stranger and opens with a token', async () => {
    const error = await fetchMap({ apiBaseUrl, cartoMapId: target.privateMapId }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(CartoAPIError)
    expect((error as CartoAPIError).response?.status).toBe(404)
    clearDefaultRequestCache()
    const map = await fetchMap({ apiBaseUrl, accessToken, cartoMapId: target.privateMapId })
    expect(map.title).toBe(`Private map on ${target.label}`)
    expect(map.layers).toHaveLength(3)
  })

  it('M05: fetchMap works when every request is too long for a URL', async () => {
    const { result: map, requests } = await recordRequests(() =>
      fetchMap({ apiBaseUrl, cartoMapId: target.publicMapId, maxLengthURL: 10 }),
    )
    expect(requests.filter((request) => request.method === 'POST').length).toBeGreaterThan(6)
    expect(map.layers.map((layer) => layer?.type)).toEqual(['tileset', 'tileset', 'tileset'])
  })

  it('M08: a query is drawn, counted and measured by its handle, and no request or answer holds its SQL', async () => {
    const { result: map, requests } = await recordRequests(() =>
      fetchMap({ apiBaseUrl, cartoMapId: target.publicMapId }),
    )
    const sample = target.samples.polygon
    const layer = map.layers.find((each) => each?.props.cartoLabel === sample.table)
    if (!layer) throw new Error('The map has no layer of polygons.')
    const { tiles, widgetSource } = layer.props.data as TilejsonResult & { readonly widgetSource: WidgetQuerySource }
    const { result: answers, requests: asked } = await recordRequests(async () => {
      const all = await widgetSource.getFormula({ column: '*', operation: 'count' })
      const rows = await widgetSource.getCategories({ column: sample.categoryColumn, operation: 'count' })
      const extent = await widgetSource.getExtent()
      return { all, rows, extent }
    })
    expect(Number(answers.all.value)).toBeGreaterThan(0)
    const counted = (answers.rows as { readonly value: number }[]).reduce((sum, { value }) => sum + Number(value), 0)
    expect(counted).toBe(Number(answers.all.value))
    expect(answers.extent.bbox).toHaveLength(4)
    const handle = /gtq_[\w-]+\.[\w-]{32}/
    const sentBy = ({ url, body }: RecordedRequest) => `${decodeURIComponent(url.href.replaceAll('+', ' '))} ${body}`
    for (const request of asked) expect(sentBy(request)).toMatch(handle)
    const sent = [...requests, ...asked].map(sentBy)
    const document = await (await fetch(`${apiBaseUrl}/v3/maps/public/${target.publicMapId}`)).text()
    expect(document).toMatch(handle)
    for (const text of [...sent, ...tiles, document, JSON.stringify(map.layers)]) {
      expect(text).not.toContain('words of the author')
    }
    const refused = await widgetSource
      .getFormula({ column: 'a column of its own', operation: 'max' })
      .catch((reason: unknown) => reason)
    expect(String(refused)).toContain('Forbidden')
  })

  it('M06: autoRefresh asks again and calls onNewData, and never meets a 304', async () => {
    const { result: refreshed, requests } = await recordRequests(async () => {
      const { promise, resolve } = Promise.withResolvers<{ readonly layers: readonly unknown[] }>()
      const map = await fetchMap({
        apiBaseUrl,
        cartoMapId: target.publicMapId,
        autoRefresh: 0.3,
        onNewData: resolve,
        headers: { 'Cache-Control': 'no-cache' },
      })
      try {
        return await promise
      } finally {
        map.stopAutoRefresh?.()
        // A refresh that was under way when it was stopped still ends.
        await sleep(1_000)
      }
    })
    expect(refreshed.layers).toHaveLength(3)
    expect(requests.some((request) => request.headers.has('if-modified-since'))).toBe(true)
    expect(new Set(requests.map((request) => request.status))).toEqual(new Set([200]))
  })
})

it('M01: the demo’s own public map opens in both clients', async () => {
  const map = await fetchMap({ apiBaseUrl: baseUrl, cartoMapId: demoMapId })
  expect(map.layers.length).toBeGreaterThan(0)
  expect(map.layers.every((layer) => layer !== undefined)).toBe(true)
  const drawn = await fetchMapAsLayers({ apiBaseUrl: baseUrl, cartoMapId: demoMapId })
  expect(drawn.layers).toHaveLength(map.layers.length)
})

it('M07: a map with a password says so, and opens with what the password is exchanged for until that changes', async () => {
  const admin = users.find(({ role }) => role === 'admin')
  if (!admin) throw new Error('demo.json names no admin')
  const client = await WorkspaceClient.signIn(baseUrl, admin.email, admin.password)
  const { id } = await client.call<MapDetail>('POST', `/workspace-api/maps/${demoMapId}/duplicate`)
  const setPassword = (password: string) =>
    client.call('PATCH', `/workspace-api/maps/${id}/sharing-options`, { password })
  await setPassword('open sesame')
  await client.call('POST', `/workspace-api/maps/${id}/privacy`, { privacy: 'public' })
  const open = (accessToken?: string) => {
    clearDefaultRequestCache()
    return fetchMap({ apiBaseUrl: baseUrl, cartoMapId: id, ...(accessToken ? { accessToken } : {}) })
  }
  const refusal = (accessToken?: string) => open(accessToken).catch((reason: unknown) => reason)
  const refused = await refusal()
  expect(refused).toBeInstanceOf(CartoAPIError)
  expect((refused as CartoAPIError).response?.status).toBe(401)
  expect((refused as CartoAPIError).message).toContain('This map asks for a password;')
  const { token } = await client.call<MapUnlock>('POST', `/v3/maps/public/${id}/unlock`, { password: 'open sesame' })
  const map = await open(token)
  expect(map.layers.length).toBeGreaterThan(0)
  expect(map.layers.every((layer) => layer !== undefined)).toBe(true)
  await setPassword('another one')
  expect(await refusal(token)).toBeInstanceOf(CartoAPIError)
  await client.call('DELETE', `/workspace-api/maps/${id}`)
})
