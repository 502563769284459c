import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { describeAccess } from './authentication.ts'
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

/** Collects every route's schema into an OpenAPI 3.1 document. Call before the first route is registered. */
export async function collectApiDocument(app: App, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Graticule',
        version,
        description: 'Maps, widgets and SQL over your own warehouse. Wire-compatible with the CARTO HTTP API.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'An API access token.' },
          scim: { type: 'http', scheme: 'bearer', description: 'A token of Settings → SCIM.' },
          session: { type: 'apiKey', in: 'cookie', name: 'graticule_session', description: 'A signed-in person.' },
        },
      },
    },
    transform: ({ schema, url, route }) => {
      const { access } = route.config ?? {}
      const security = access === undefined ? [] : describeAccess(access)
      return { schema: { ...schema, security }, url }
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
