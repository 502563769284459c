import type { FastifyInstance } from 'fastify'

/** For everything that is not a page of ours: nothing in it may run, load or be framed. */
export const ANSWER_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
  // Programs on other sites read answers with a token of theirs; without one there is nothing to read.
  'cross-origin-resource-policy': 'cross-origin',
  'origin-agent-cluster': '?1',
  'x-dns-prefetch-control': 'off',
  'x-permitted-cross-domain-policies': 'none',
}

/** The headers of every plain answer of a server that is reached in this way. */
export function answerHeaders(options: { readonly isHttps: boolean }): Readonly<Record<string, string>> {
  return { ...ANSWER_HEADERS, ...(options.isHttps ? { 'strict-transport-security': 'max-age=31536000' } : {}) }
}

/** Adds the headers of a plain answer to every response; pages replace the policy with `pageHeaders`. */
export function secureAnswers(app: FastifyInstance, options: { readonly isHttps: boolean }): void {
  const headers = answerHeaders(options)
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers)
    done()
  })
}

/**
 * Headers of an HTML page. Styles need a nonce because the component library writes style elements; style attributes
 * are open because chart tooltips are built from HTML text. Only embeds may stand in other sites' frames.
 */
export function pageHeaders(options: {
  readonly nonce: string
  /** The sites that may frame the page; null: any. */
  readonly frames: readonly string[] | null
  /** From where else than this server the page may load, such as the basemaps of its organization. */
  readonly origins: readonly string[]
}): Record<string, string> {
  const elsewhere = options.origins.map((origin) => `${origin} `).join('')
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self' 'wasm-unsafe-eval'",
      "worker-src 'self' blob:",
      `style-src 'self' 'nonce-${options.nonce}'`,
      "style-src-attr 'unsafe-inline'",
      `connect-src 'self' ${elsewhere}data: blob:`,
      `img-src 'self' ${elsewhere}data: blob:`,
      "font-src 'self' data:",
      "manifest-src 'self'",
      "base-uri 'self'",
      "form-action 'self'",
      // An embed for any site names no ancestors: even `*` would refuse a page that was opened from a file.
      ...(options.frames === null ? [] : [`frame-ancestors ${options.frames.join(' ') || "'none'"}`]),
    ].join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), payment=(), usb=()',
    // Browsers that know `frame-ancestors` pass over the older header, which cannot name sites.
    ...(options.frames?.length === 0 ? { 'x-frame-options': 'DENY' } : {}),
  }
}
