import type { CustomBasemap } from '@graticule/contract'
import { expect, test } from 'vitest'
import { customStyleOf, findBasemapProblem, originsOf, summarizeBasemap } from './custom-basemap.ts'

const raster: CustomBasemap = {
  id: 'corporate',
  name: 'Corporate',
  scheme: 'light',
  type: 'tms',
  url: 'https://tiles.example.org/{z}/{x}/{y}.png?key=1',
  attribution: '© "Us" <b>',
  otherOrigins: [],
}

test('only an address of the web without a login becomes an origin, and nothing that would widen a policy', () => {
  expect(findBasemapProblem(raster)).toBeNull()
  expect(originsOf({ ...raster, otherOrigins: ['https://fonts.example.org', 'https://tiles.example.org'] })).toEqual([
    'https://tiles.example.org',
    'https://fonts.example.org',
  ])
  const urls = [
    'javascript:alert(1)//{z}{x}{y}',
    'data:text/html,{z}{x}{y}',
    'https://ann:secret@tiles.example.org/{z}/{x}/{y}',
    'https://*.example.org/{z}/{x}/{y}',
    'https://a;script-src/{z}/{x}/{y}',
    'https://a,b/{z}/{x}/{y}',
    'tiles/{z}/{x}/{y}',
  ]
  for (const url of urls) expect(findBasemapProblem({ ...raster, url }), url).toContain('must begin with https://')
  for (const origin of [
    '*',
    'https:',
    'https://x.org/',
    "https://x.org 'unsafe-eval'",
    'https://x;y',
    "'unsafe-inline'",
  ]) {
    expect(findBasemapProblem({ ...raster, otherOrigins: [origin] }), origin).toContain('is not an origin')
  }
})

test('tiles need their three numbers, other marks must be written out, and our own names stay ours', () => {
  expect(findBasemapProblem({ ...raster, url: 'https://x.org/{z}/{x}.png' })).toContain('{z}, {x} and {y}')
  expect(findBasemapProblem({ ...raster, url: 'https://x.org/{z}/{x}/{y}.png?k={key}' })).toContain('contains {key}')
  expect(findBasemapProblem({ ...raster, id: 'graticule-light' })).toContain('graticule-')
  expect(findBasemapProblem({ ...raster, type: 'style', url: 'https://x.org/style.json' })).toBeNull()
})

test('tiles come as a style of their own, with an attribution that cannot hold markup', () => {
  const { styleUrl } = summarizeBasemap(raster)
  const style = JSON.parse(decodeURIComponent(styleUrl.slice('data:application/json,'.length)))
  expect(style.sources.basemap).toMatchObject({
    scheme: 'tms',
    tiles: [raster.url],
    attribution: '© &quot;Us&quot; &lt;b&gt;',
  })
  expect(customStyleOf(raster)).toMatchObject({ id: 'custom:corporate', style: { version: 8 } })
  const styled = { ...raster, type: 'style', url: 'https://x.org/style.json' } as const
  expect(customStyleOf(styled)).toMatchObject({ url: styled.url })
  expect(summarizeBasemap(styled)).toMatchObject({ styleUrl: styled.url, origins: ['https://x.org'] })
})
