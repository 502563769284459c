import type { LightMyRequestResponse } from 'fastify'
import type { TestApp } from './create-test-app.ts'

/** A page that a browser ended on, and how it got there. */
export interface Arrival {
  /** Path and query in our own workspace. */
  readonly path: string
  /** Every address on the way, ours and the provider's. */
  readonly way: readonly string[]
  /** Whether one of our own answers on the way was 401: nobody was signed in. */
  readonly isRefused: boolean
}

/** A form on a provider's page that posts to us by itself. */
interface PostedForm {
  readonly action: URL
  readonly fields: Record<string, string>
}

/** A browser as far as a redirect sign-in needs one: cookies of two sites, and following where it is sent. */
export class ProviderBrowser {
  readonly #testApp: TestApp
  readonly #cookies = new Map<string, Map<string, string>>()
  #wasRefused = false

  constructor(testApp: TestApp) {
    this.#testApp = testApp
  }

  /** The cookie header that our own site gets. */
  get ownCookies(): string {
    return this.#cookieHeader('http://localhost')
  }

  /** Follows redirects from one of our own paths, or from anywhere, until a page of ours that is no redirect. */
  async open(address: string): Promise<Arrival> {
    const way: string[] = []
    this.#wasRefused = false
    for (let url = new URL(address, 'http://localhost'); way.length < 12; ) {
      way.push(url.href)
      const location = await this.step(url)
      if (location === null) return { path: `${url.pathname}${url.search}`, way, isRefused: this.#wasRefused }
      url = location
    }
    throw new Error(`The browser was sent around in a circle: ${way.join(' → ')}`)
  }

  /** Loads one address; answers where that leads, null for a page of its own. */
  async step(url: URL): Promise<URL | null> {
    const isOwn = url.origin === 'http://localhost'
    if (isOwn && !url.pathname.startsWith('/auth/')) return null
    const answer = isOwn ? await this.#askUs(url) : await this.#askProvider(url)
    this.#keep(url.origin, answer.cookies)
    if (isOwn && answer.status === 401) this.#wasRefused = true
    if (answer.location !== null) return new URL(answer.location, url)
    const form = isOwn ? null : readForm(answer.text)
    if (form !== null) return this.#postToUs(form)
    if (answer.status >= 400) throw new Error(`${url.href} answered ${answer.status}: ${answer.text.slice(0, 500)}`)
    return null
  }

  /** Sends the form on a page of the provider's, with one more field. */
  async submit(page: URL, [name, value]: readonly [string, string]): Promise<URL | null> {
    const html = await (await fetch(page, { headers: { cookie: this.#cookieHeader(page.origin) } })).text()
    const action = /action="([^"]+)"/.exec(html)?.[1]
    if (action === undefined) throw new Error(`There is no form on ${page.href}: ${html.slice(0, 300)}`)
    const form = new URLSearchParams({ [name]: value })
    for (const [, key = '', text = ''] of html.matchAll(/name="([^"]+)" value="([^"]*)"/g)) form.append(key, text)
    const answer = await fetch(action, {
      method: 'POST',
      body: form,
      redirect: 'manual',
      headers: { cookie: this.#cookieHeader(page.origin) },
    })
    this.#keep(page.origin, answer.headers.getSetCookie())
    const location = answer.headers.get('location')
    return location === null ? null : new URL(location, page)
  }

  /** Takes cookies of our own site over, as an answer or a request spells them. */
  keepOwn(cookies: readonly string[]): void {
    this.#keep('http://localhost', cookies)
  }

  /** Posts to us as a browser does from another site's page: without the cookies that we call lax. */
  async #postToUs(form: PostedForm): Promise<URL> {
    const answer = await this.#testApp.app.inject({
      method: 'POST',
      url: form.action.pathname,
      headers: {
        host: 'localhost',
        origin: 'null',
        'sec-fetch-site': 'cross-site',
        'content-type': 'application/x-www-form-urlencoded',
      },
      payload: new URLSearchParams(form.fields).toString(),
    })
    const { location } = answer.headers
    if (answer.statusCode !== 303 || location === undefined) {
      throw new Error(`${form.action} answered ${answer.statusCode}: ${answer.body.slice(0, 500)}`)
    }
    return new URL(location, form.action)
  }

  async #askUs(url: URL) {
    const headers = { cookie: this.ownCookies, host: 'localhost', accept: 'text/html' }
    const answer = await this.#testApp.app.inject({ url: `${url.pathname}${url.search}`, headers })
    return {
      status: answer.statusCode,
      location: leadsTo(answer),
      cookies: [answer.headers['set-cookie'] ?? []].flat(),
      text: answer.body,
    }
  }

  async #askProvider(url: URL) {
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie: this.#cookieHeader(url.origin) } })
    return {
      status: answer.status,
      location: answer.headers.get('location'),
      cookies: answer.headers.getSetCookie(),
      text: await answer.text(),
    }
  }

  #cookieHeader(origin: string): string {
    return [...(this.#cookies.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  #keep(origin: string, cookies: readonly string[]): void {
    const jar = this.#cookies.get(origin) ?? new Map<string, string>()
    this.#cookies.set(origin, jar)
    for (const cookie of cookies) {
      const [pair = '', ...attributes] = cookie.split(';')
      const separator = pair.indexOf('=')
      const name = pair.slice(0, separator)
      const isGone = attributes.some((attribute) => /^\s*(?:max-age=0|expires=Thu, 01 Jan 1970)/i.test(attribute))
      if (isGone) jar.delete(name)
      else jar.set(name, pair.slice(separator + 1))
    }
  }
}

/** Where an answer of ours sends a browser: by a redirect, or on from the page of a refusal; null for nowhere. */
export function leadsTo({ headers }: LightMyRequestResponse): string | null {
  return headers.location ?? /^0;url=(.*)$/.exec(String(headers.refresh ?? ''))?.[1] ?? null
}

function readForm(html: string): PostedForm | null {
  const action = /<form method="post" action="(http:\/\/localhost\/[^"]*)"/.exec(html)?.[1]
  if (action === undefined) return null
  const inputs = html.matchAll(/name="([^"]+)" value="([^"]*)"/g)
  return { action: new URL(action), fields: Object.fromEntries([...inputs].map(([, name, value]) => [name, value])) }
}
