import type { Page } from 'playwright-core'
import { afterEach } from 'vitest'
import type { PageWatch } from './page-watch.ts'

const SHOWN_CHARACTERS = 1200
const SHOWN_PROBLEMS = 5

const open = new Map<Page, PageWatch>()
let lastSeen: string[] = []

/** Has the failure of a test tell what the page shows. */
export function tellOnFailure(page: Page, watch: PageWatch): void {
  open.set(page, watch)
}

/** Remembers what a page shows that is about to be closed, which tests do before it is known here that they failed. */
export async function rememberLastSight(page: Page): Promise<void> {
  const watch = open.get(page)
  open.delete(page)
  if (watch) lastSeen.push(await describe(page, watch))
}

// A browser that waited in vain says for what, and not what was there instead.
afterEach(async ({ task }) => {
  const error = task.result?.errors?.[0]
  if (error) {
    const shown = await Promise.all(Array.from(open, ([page, watch]) => describe(page, watch)))
    error.message += [...lastSeen, ...shown].map((sight) => `\n\n${sight}`).join('')
  }
  lastSeen = []
})

async function describe(page: Page, watch: PageWatch): Promise<string> {
  const text = await Promise.race([
    page.evaluate<string>('document.body.innerText').catch((reason: unknown) => `(no text: ${String(reason)})`),
    new Promise<string>((resolve) => setTimeout(resolve, 5000, '(it does not answer)')),
  ])
  const problems = watch.problems().slice(-SHOWN_PROBLEMS)
  // Dialogs stand at the end of a page.
  return [`At ${page.url()}:`, text.replace(/\n+/g, ' | ').slice(-SHOWN_CHARACTERS), ...problems].join('\n')
}
