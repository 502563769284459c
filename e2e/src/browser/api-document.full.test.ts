import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { artifactPath } from '../harness/repository.ts'
import { LOOKS } from './judged-page.ts'
import { openPage, sidewaysOverflow } from './signed-in-page.ts'

const { baseUrl } = inject('servers')

const SHOWN = "[...document.querySelectorAll('.opblock')].map(({ id }) => id)"

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
})

test.each([LOOKS[0], LOOKS[2]])(
  'the page of the API shows its operations to anybody, under its policy, $look',
  async (shape) => {
    const { look, ...options } = shape
    const { page, watch, close } = await openPage(browser, baseUrl, options)
    try {
      const document = (await (await page.request.get('/openapi.json')).json()) as {
        paths: Record<string, Record<string, unknown>>
      }
      const operations = Object.values(document.paths).reduce((sum, methods) => sum + Object.keys(methods).length, 0)
      await page.goto('/docs')
      await page
        .getByRole('heading', { name: /Graticule/ })
        .first()
        .waitFor()
      // The viewer draws what is near the window, and forgets it again.
      const seen = new Set<string>()
      await page.locator('.opblock').first().waitFor({ timeout: 90_000 })
      for (let step = 0; step < 200 && seen.size < operations; step++) {
        for (const id of await page.evaluate<string[]>(SHOWN)) seen.add(id)
        await page.evaluate(
          'new Promise((resolve) => { scrollBy(0, 500); requestAnimationFrame(() => setTimeout(resolve, 50)) })',
        )
      }
      expect(seen.size).toBe(operations)
      await page.evaluate('scrollTo(0, 0)')
      const operation = page.locator('.opblock').filter({ hasText: '/auth/password' }).first()
      await operation.locator('.opblock-summary-control').click()
      await operation.getByText('Responses').first().waitFor()
      await operation.scrollIntoViewIfNeeded()
      await page.screenshot({ path: artifactPath(`api-document-${look}.png`) })
      expect(await sidewaysOverflow(page)).toBe(0)
      expect(watch.problems()).toEqual([])
    } finally {
      await close()
    }
  },
)
