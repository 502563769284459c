import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { AppError, type SessionInfo } from '@graticule/contract'
import { SESSION_COOKIE } from '../../http/authentication.ts'

/** An answer as far as the check needs it: never its bytes. */
export interface SeenAnswer {
  readonly status: number
  readonly digest: string
  /** Of the key of the cache; null when the answer is kept nowhere. */
  readonly fingerprint: string | null
  readonly isHit: boolean
  readonly etag: string | null
  readonly cacheControl: string
}

/** One of the two who ask, over HTTP like any browser. */
export class Asker {
  readonly #url: string
  readonly #session: string
  /** How the report calls them. */
  readonly name: string

  private constructor(url: string, session: string, name: string) {
    this.#url = url
    this.#session = session
    this.name = name
  }

  /** Signs in as the file says. */
  static async fromFile(url: string, file: string): Promise<Asker> {
    const [first = '', password] = (await readText(file)).split(/\r?\n/).map((line) => line.trim())
    const session = password ? await signIn(url, first, password) : first.replace(`${SESSION_COOKIE}=`, '')
    const asker = new Asker(url, session, '')
    const info = await asker.readJson<SessionInfo>('/auth/session')
    return new Asker(url, session, info.user.email)
  }

  async readJson<Value>(path: string): Promise<Value> {
    const response = await this.#send(path, {})
    if (response.ok) return (await response.json()) as Value
    await response.body?.cancel()
    throw new AppError('unauthenticated', `${path.split('?', 1)[0]} answered ${response.status} to ${this.name}.`)
  }

  async ask(path: string, headers: Readonly<Record<string, string>> = {}): Promise<SeenAnswer> {
    const response = await this.#send(path, headers)
    const body = Buffer.from(await response.arrayBuffer())
    const status = response.headers.get('cache-status') ?? ''
    return {
      status: response.status,
      digest: createHash('sha256').update(body).digest('base64url'),
      fingerprint: /\bkey="([\w-]+)"/.exec(status)?.[1] ?? null,
      isHit: /^graticule; hit\b/.test(status),
      etag: response.headers.get('etag'),
      cacheControl: response.headers.get('cache-control') ?? '',
    }
  }

  #send(path: string, headers: Readonly<Record<string, string>>): Promise<Response> {
    return send(`${this.#url}${path}`, { headers: { ...headers, cookie: `${SESSION_COOKIE}=${this.#session}` } })
  }
}

async function signIn(url: string, email: string, password: string): Promise<string> {
  const response = await send(`${url}/auth/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  await response.body?.cancel()
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0] ?? '')
  const session = cookies.find((cookie) => cookie.startsWith(`${SESSION_COOKIE}=`))
  if (response.status === 200 && session) return session.slice(SESSION_COOKIE.length + 1)
  const hint =
    response.status === 202 ? ' More than a password is asked of them: put a session’s cookie in the file.' : ''
  throw new AppError('unauthenticated', `${email} could not sign in (${response.status}).${hint}`)
}

async function send(url: string, options: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...options, redirect: 'manual', signal: AbortSignal.timeout(60_000) })
  } catch (cause) {
    const { origin } = new URL(url)
    throw new AppError('not_found', `No server answers at ${origin}. Name another address with --url.`, { cause })
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new AppError('not_found', `The file ${file} cannot be read.`, { cause })
  }
}
