import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { watchPage } from '../harness/page-watch.ts'
import { isNear, photograph } from '../harness/pixels.ts'
import { artifactPath } from '../harness/repository.ts'
import { type StaticSite, serveBundledSite } from '../harness/static-site.ts'

const { targets, demoMapId, baseUrl } = inject('servers')

describe('deck.gl and fetchMap in a browser, on a page of another origin', () => {
  let browser: Browser
  let site: StaticSite

  beforeAll(async () => {
    site = await serveBundledSite(fileURLToPath(new URL('./plain-page', import.meta.url)))
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await site?.stop()
  })

  async function open(parameters: Record<string, string>, name: string) {
    const page = await browser.newPage({ viewport: { width: 512, height: 512 } })
    const watch = watchPage(page, { origins: [site.origin, baseUrl] })
    await page.goto(`${site.origin}/?${new URLSearchParams(parameters)}`)
    await page.waitForSelector('body:not([data-state="loading"])', { state: 'attached', timeout: 30_000 })
    const state = await page.getAttribute('body', 'data-state')
    expect(state, (await page.getAttribute('body', 'data-detail')) ?? '').toBe('loaded')
    await page.waitForTimeout(500)
    await page.screenshot({ path: artifactPath(`other-origin-${name}.png`) })
    const picture = await photograph(page)
    await page.close()
    expect(watch.problems()).toEqual([])
    return picture
  }

  describe.each(targets)('over $label', (target) => {
    const common = {
      apiBaseUrl: target.apiBaseUrl,
      accessToken: target.accessToken,
      connectionName: target.connectionName,
      view: target.view.join(','),
    }

    it.each(Object.values(target.samples))('VectorTileLayer paints the $geometry sample', async (sample) => {
      const picture = await open(
        { ...common, tableName: sample.table, spatialDataColumn: sample.geometryColumn },
        `${target.connectionName}-${sample.geometry}`,
      )
      const isFill = (color: readonly [number, number, number]): boolean => isNear(color, [200, 0, 80])
      const isLine = (color: readonly [number, number, number]): boolean => isNear(color, [0, 60, 200])
      expect(picture.shareOf(sample.geometry === 'line' ? isLine : isFill)).toBeGreaterThan(0.001)
    })

    it('fetchMap paints a public map without any token of the page', async () => {
      const picture = await open(
        { apiBaseUrl: target.apiBaseUrl, cartoMapId: target.publicMapId, view: common.view },
        `${target.connectionName}-map`,
      )
      expect(picture.shareOf((color) => !isNear(color, [255, 255, 255], 20))).toBeGreaterThan(0.01)
      expect(picture.countColors(0.0005)).toBeGreaterThan(3)
    })
  })

  it('fetchMap paints the public map of the demo', async () => {
    const [target] = targets
    if (!target) throw new Error('No target')
    const picture = await open({ apiBaseUrl: baseUrl, cartoMapId: demoMapId, view: target.view.join(',') }, 'demo-map')
    expect(picture.shareOf((color) => !isNear(color, [255, 255, 255], 20))).toBeGreaterThan(0.01)
  })
})
