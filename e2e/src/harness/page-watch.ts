import type { Page } from 'playwright-core'

/** What a page did that no page may do. */
export interface PageWatch {
  /** Lines that say what was wrong; empty for a clean page. */
  problems(): readonly string[]
}

export interface PageWatchOptions {
  /** Origins that the page may talk to. */
  readonly origins: readonly string[]
  /** Refusals that the test provokes, as `<status> <path>`, e.g. `401 /auth/session`. */
  readonly expectedRefusals?: readonly RegExp[]
}

/**
 * Collects uncaught errors, console errors (violations of the content security policy among them), refused answers
 * and every request that leaves the given origins, from now to the end of the page.
 */
export function watchPage(page: Page, options: PageWatchOptions): PageWatch {
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`))
  page.on('console', (message) => {
    const text = message.text()
    // The browser's own line about a refused answer; the answer itself is judged below, with its address.
    const isRefusal = text.startsWith('Failed to load resource: the server responded')
    if (message.type() === 'error' && !isRefusal) problems.push(`console: ${text}`)
    if (message.type() === 'warning' && /Content Security Policy/i.test(text)) problems.push(`console: ${text}`)
  })
  page.on('request', (request) => {
    const url = new URL(request.url())
    const isLocal = ['data:', 'blob:', 'about:'].includes(url.protocol)
    if (!isLocal && !options.origins.includes(url.origin)) problems.push(`request to ${url.origin}: ${request.url()}`)
  })
  page.on('response', (response) => {
    if (response.status() < 400) return
    const line = `${response.status()} ${new URL(response.url()).pathname}`
    if (!options.expectedRefusals?.some((pattern) => pattern.test(line))) problems.push(`answer: ${line}`)
  })
  return { problems: () => problems }
}
