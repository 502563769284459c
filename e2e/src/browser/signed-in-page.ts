import type { Browser, Page } from 'playwright-core'
import { type PageWatch, type PageWatchOptions, watchPage } from '../harness/page-watch.ts'
import { photograph } from '../harness/pixels.ts'
import { rememberLastSight, tellOnFailure } from '../harness/tell-pages.ts'

/** What the frame asks before anybody is signed in. */
const BEFORE_SIGN_IN = [/^401 \/auth\/session$/]

/**
 * Dialogs put the focus into their first field a moment after they are there. Playwright types into whatever has the focus,
 * so that on a slow machine what is filled into the second field would land in the first: here the focus stays in a field
 * of the dialog that has it already.
 */
const KEEP_FOCUS = `
  const focus = HTMLElement.prototype.focus
  HTMLElement.prototype.focus = function (options) {
    const dialog = this.hasAttribute('data-autofocus') ? this.closest('[role="dialog"]') : null
    const active = document.activeElement
    if (dialog?.contains(active) && active.matches('input, textarea')) return
    focus.call(this, options)
  }`

/** How long a page may go on asking before it is quiet: pictures of six heavy maps on two busy cores, in milliseconds. */
export const QUIET_WITHIN_MS = 90_000

export interface OpenPageOptions extends Partial<PageWatchOptions> {
  readonly width?: number
  readonly height?: number
  readonly colorScheme?: 'light' | 'dark'
}

export interface WatchedPage {
  readonly page: Page
  readonly watch: PageWatch
  close(): Promise<void>
}

/** A new browser context (no cookies) with one page on a server, watched from its first request on. */
export async function openPage(browser: Browser, baseUrl: string, options: OpenPageOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({
    baseURL: baseUrl,
    viewport: { width: options.width ?? 1280, height: options.height ?? 720 },
    colorScheme: options.colorScheme ?? 'light',
    reducedMotion: 'reduce',
    locale: 'en-US',
  })
  await context.addInitScript(KEEP_FOCUS)
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  const watch = watchPage(page, {
    origins: [baseUrl, ...(options.origins ?? [])],
    expectedRefusals: [...BEFORE_SIGN_IN, ...(options.expectedRefusals ?? [])],
  })
  tellOnFailure(page, watch)
  const close = async () => {
    await rememberLastSight(page)
    await context.close()
  }
  return { page, watch, close }
}

/** Signs in through the form, as a person does. */
export async function signInThroughForm(page: Page, person: { email: string; password: string }): Promise<void> {
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').fill(person.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(person.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
}

/** Answers every tile of data as an empty one, to see what a page looks like without its data. */
export async function emptyTiles(page: Page): Promise<void> {
  await page.route(/\/v3\/maps\/[^/]+\/tiles\//, (route) => route.fulfill({ status: 204 }))
}

/** How many pixels the page is wider than its window; 0 when nothing must be scrolled sideways. */
export function sidewaysOverflow(page: Page): Promise<number> {
  return page.evaluate<number>(
    'Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)',
  )
}

/**
 * Waits until nothing is asked any more, no progress is shown, and two pictures in a row are the same; throws when the
 * page never comes to rest.
 */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle', { timeout: QUIET_WITHIN_MS })
  await page.getByRole('progressbar').first().waitFor({ state: 'hidden' })
  let previous = await photograph(page)
  for (let attempt = 0; attempt < 20; attempt++) {
    await page.waitForTimeout(500)
    const current = await photograph(page)
    if (current.differenceFrom(previous) < 0.000_1) return
    previous = current
  }
  throw new Error(`The page ${page.url()} still changes after 20 pictures, half a second apart.`)
}
