import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import fastifyStatic from '@fastify/static'
import { AppError } from '@graticule/contract'
import { ANONYMOUS, type Principal } from '@graticule/policy'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { pageHeaders } from './security-headers.ts'
import type { App } from './server.ts'

/** Paths that only programs ask for: an unknown one is a JSON 404 even for a browser. */
const API_PATHS = /^\/(?:v3|auth|oauth|workspace-api|health|metrics|openapi\.json|docs)(?:\/|$)/
/** The bundler puts a hash of the content into these names, so a name never changes its meaning. */
const HASHED_ASSET = /^assets\/.*[.-][\w-]{8,}\.\w+$/
/**
 * A worker that is started from a script's address obeys the policy of that answer, which is cached for all
 * organizations alike. The map's worker, which loads what its basemap needs, starts from a blob and obeys its page.
 */
const SCRIPT_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' data: blob:"
/** Pages of one map, the second kind without cookies. */
const MAP_PAGES = /^(map|embed)\/([^/]+)$/

/** What the pages of the workspace need to know of the organization that they are for. */
export interface PageSettings {
  /** Where the outside world reaches us; addresses in answers begin with it. */
  readonly publicUrl: string | null
  /** From where else the pages of this principal, or of this map, may load. */
  /** The sites that may show this map, embedded, in their frames; null: any. */
  readonly readFrames: (mapId: string) => Promise<readonly string[] | null>
  readonly listOrigins: (principal: Principal, mapId: string | null) => Promise<readonly string[]>
}

/** Serves the built workspace: its files, and its page for every address that the workspace itself resolves. */
export async function serveWebApp(app: App, folder: string, settings: PageSettings): Promise<void> {
  const files = await listFiles(folder)
  await app.register(fastifyStatic, { root: folder, serve: false, cacheControl: false })
  app.get('/*', { config: { access: 'anonymous', action: null }, schema: { hide: true } }, async (request, reply) => {
    const path = decodePath(request)
    if (files.has(path) && path !== 'index.html') return sendAsset(reply, path)
    if (!wantsPage(request, path)) {
      throw new AppError('not_found', `There is nothing at ${request.method} ${request.url.split('?', 1)[0]}.`)
    }
    const embedded = /^embed\/([^/]+)/.exec(path)?.[1]
    const frames = embedded === undefined ? [] : await settings.readFrames(embedded)
    return sendPage(reply, folder, await listOrigins(request, path, settings), frames)
  })
}

function sendAsset(reply: FastifyReply, path: string): FastifyReply {
  const isHashed = HASHED_ASSET.test(path)
  reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
  if (/\.m?js$/.test(path)) reply.header('content-security-policy', SCRIPT_POLICY)
  return reply.sendFile(path)
}

async function sendPage(
  reply: FastifyReply,
  folder: string,
  origins: readonly string[],
  frames: readonly string[] | null,
): Promise<FastifyReply> {
  let html: string
  try {
    html = await readFile(join(folder, 'index.html'), 'utf8')
  } catch (error) {
    throw new AppError('not_found', 'The workspace has not been built yet; run "npm start", which builds it.', {
      cause: error,
    })
  }
  const nonce = randomBytes(16).toString('base64url')
  // The bundler's runtime and the component library both read the nonce from the first element, the map the second.
  const page = html.replace(
    /<head>/i,
    `<head>\n    <meta property="csp-nonce" nonce="${nonce}" />\n    <meta name="map-origins" content="${origins.join(' ')}" />`,
  )
  return reply
    .headers(pageHeaders({ nonce, frames, origins }))
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(page)
}

async function listOrigins(request: FastifyRequest, path: string, settings: PageSettings): Promise<string[]> {
  const [, kind, mapId = null] = MAP_PAGES.exec(path) ?? []
  // An embed never sends cookies, so what it shows does not depend on who looks.
  const principal = kind === 'embed' ? ANONYMOUS : request.principal
  const ours = settings.publicUrl === null ? [] : [new URL(settings.publicUrl).origin]
  return [...ours, ...(await settings.listOrigins(principal, mapId))]
}

function decodePath(request: FastifyRequest): string {
  const path = (request.params as { '*'?: string })['*'] ?? ''
  return path === '' ? 'index.html' : path
}

function wantsPage(request: FastifyRequest, path: string): boolean {
  if (API_PATHS.test(`/${path}`) || path.startsWith('assets/')) return false
  return request.headers.accept?.includes('text/html') ?? false
}

/** Only files listed here are ever opened, so no path can lead out of the folder. */
async function listFiles(folder: string): Promise<Set<string>> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    return new Set(
      entries
        .filter((entry) => entry.isFile())
        .map((entry) =>
          join(entry.parentPath, entry.name)
            .slice(folder.length + 1)
            .split(sep)
            .join('/'),
        ),
    )
  } catch {
    return new Set()
  }
}
