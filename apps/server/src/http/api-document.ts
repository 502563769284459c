import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { describeAccess } from './authentication.ts'
import { heedsIdempotencyKey } from './idempotency.ts'
import type { App } from './server.ts'

/** The viewer's page loads its own files only; its components style themselves with attributes. */
const VIEWER_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self' data:",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** A header of the request that no route's own schema needs to know. */
const IDEMPOTENCY_HEADERS = {
  type: 'object',
  properties: {
    'Idempotency-Key': {
      type: 'string',
      minLength: 1,
      maxLength: 255,
      description:
        'Sent again with this key and the same body within 24 hours, the request is not carried out again: the answer is that of the first time, with `Idempotency-Replayed: true`. With another body it is 422, and 409 with Retry-After while the first is under way.',
    },
  },
} as const

/** Collects every route's schema into an OpenAPI 3.1 document. Call before the first route is registered. */
export async function collectApiDocument(app: App, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Graticule',
        version,
        description:
          'Maps, widgets and SQL over your own warehouse. Wire-compatible with the CARTO HTTP API. Answers of what is limited say so in `RateLimit-Policy` and `RateLimit`, and 429 comes with `Retry-After`.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'An API access token.' },
          application: {
            type: 'http',
            scheme: 'bearer',
            description: 'A token of an OAuth client, which acts as a person.',
          },
          scim: { type: 'http', scheme: 'bearer', description: 'A token of Settings → SCIM.' },
          session: { type: 'apiKey', in: 'cookie', name: 'graticule_session', description: 'A signed-in person.' },
        },
      },
    },
    transform: ({ schema, url, route }) => {
      const { access } = route.config ?? {}
      const security = access === undefined ? [] : describeAccess(access)
      const method = [route.method].flat()[0] ?? ''
      const isHeeding = access !== undefined && heedsIdempotencyKey({ access, method, url })
      return { schema: { ...schema, security, ...(isHeeding && { headers: IDEMPOTENCY_HEADERS }) }, url }
    },
  })
}

/** Serves the document at `/openapi.json` and a viewer for it, which needs nothing from the internet, at `/docs`. */
export async function serveApiDocument(app: App): Promise<void> {
  app.get('/openapi.json', { config: { access: 'anonymous', action: null }, schema: { hide: true } }, async () =>
    app.swagger(),
  )
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: VIEWER_POLICY,
    validatorUrl: false,
    theme: {
      title: 'Graticule API',
      // The bar holds the viewer's own logo and a field for other servers' documents.
      css: [{ filename: 'graticule.css', content: '.swagger-ui .topbar { display: none }' }],
    },
  })
}
