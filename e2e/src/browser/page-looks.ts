import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { findAccessibilityProblems } from '../harness/accessibility.ts'
import { launchChromium } from '../harness/chromium.ts'
import { artifactPath } from '../harness/repository.ts'
import {
  type OpenPageOptions,
  openPage,
  QUIET_WITHIN_MS,
  settled,
  sidewaysOverflow,
  signInThroughForm,
  type WatchedPage,
} from './signed-in-page.ts'

const PAGES = [
  { name: 'home', path: '/', heading: 'Home' },
  { name: 'maps', path: '/maps', heading: 'Maps' },
  { name: 'workflows', path: '/workflows', heading: 'Workflows' },
  { name: 'projects', path: '/projects', heading: 'Projects' },
  { name: 'applications', path: '/applications', heading: 'Applications' },
  { name: 'data', path: '/data', heading: 'Data' },
  { name: 'connections', path: '/connections', heading: 'Connections' },
  { name: 'developers', path: '/developers', heading: 'Developers' },
  { name: 'settings', path: '/settings', heading: 'Settings' },
] as const

/** Visits every page of the workspace and the viewer in one look and judges what anybody can judge without words. */
export function describePages(look: string, options: Pick<OpenPageOptions, 'width' | 'height' | 'colorScheme'>): void {
  const { baseUrl, users, demoMapId: mapId } = inject('servers')
  describe(`the pages of the workspace, ${look}`, () => {
    let browser: Browser
    let opened: WatchedPage
    beforeAll(async () => {
      const admin = users.find(({ role }) => role === 'admin')
      if (!admin) throw new Error('demo.json names no admin')
      browser = await launchChromium()
      opened = await openPage(browser, baseUrl, options)
      await signInThroughForm(opened.page, admin)
    })
    afterAll(async () => {
      await browser?.close()
    })

    it.each(PAGES)(
      '$name shows its heading, fits, is accessible and leaves the console clean',
      async ({ name, path, heading }) => {
        const { page, watch } = opened
        await page.goto(path)
        await page.getByRole('heading', { level: 1, name: heading }).waitFor()
        await page.waitForLoadState('networkidle', { timeout: QUIET_WITHIN_MS })
        await page.screenshot({ path: artifactPath(`page-${look}-${name}.png`) })
        expect(await sidewaysOverflow(page)).toBe(0)
        expect(await findAccessibilityProblems(page)).toEqual([])
        expect(watch.problems()).toEqual([])
      },
    )

    it('Builder shows a map, is accessible and leaves the console clean', async () => {
      const { page, watch } = opened
      await page.goto(`/maps/${mapId}`)
      await page.getByRole('main').locator('canvas').first().waitFor()
      await settled(page)
      await page.screenshot({ path: artifactPath(`page-${look}-builder.png`) })
      expect(await sidewaysOverflow(page)).toBe(0)
      expect(await findAccessibilityProblems(page)).toEqual([])
      expect(watch.problems()).toEqual([])
    })

    it('a stranger sees the public map, in the viewer and embedded', async () => {
      const stranger = await openPage(browser, baseUrl, options)
      try {
        for (const kind of ['map', 'embed']) {
          await stranger.page.goto(`/${kind}/${mapId}`)
          await stranger.page.locator('canvas').first().waitFor()
          await settled(stranger.page)
          await stranger.page.screenshot({ path: artifactPath(`page-${look}-${kind}.png`) })
          expect(await sidewaysOverflow(stranger.page)).toBe(0)
          expect(await findAccessibilityProblems(stranger.page)).toEqual([])
        }
        expect(stranger.watch.problems()).toEqual([])
      } finally {
        await stranger.close()
      }
    })
  })
}
