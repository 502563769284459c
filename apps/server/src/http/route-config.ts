import type { Action, Principal } from '@graticule/policy'
import type { FastifyInstance } from 'fastify'

/**
 * Who may call a route at all. `principal`: anybody who proves who they are, with a session or a token.
 * `session`: only a person who is signed in. `directory`: a directory with its SCIM token, which the feature checks.
 */
export type RouteAccess = 'anonymous' | 'principal' | 'session' | 'directory'

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess
    /**
     * The action that the route is about. When it is about no asset the guard decides it; otherwise the service does,
     * with the asset in hand. Null for routes that need no leave beyond their access.
     */
    action?: Action | null
    /**
     * True for a route that other sites' pages post to on purpose. Nobody is signed in there, whatever cookie comes
     * along.
     */
    takesForeignPosts?: true
    /**
     * Whether the route answers somebody who looks at the workspace as somebody else, where its action does not say it.
     * `open`: it shows nothing that is a secret of the person's, or ends the looking · `closed`: it does not.
     */
    viewAs?: 'open' | 'closed'
  }
  interface FastifyRequest {
    principal: Principal
    /** Whose credential was refused, when that is known although they count as nobody. */
    refusedPrincipal?: Principal
  }
  interface FastifyInstance {
    /** All routes, in the order of their registration. */
    declaredRoutes: readonly DeclaredRoute[]
  }
}

/** A route as it says itself who may call it. */
export interface DeclaredRoute {
  readonly method: string
  /** As registered, such as `/workspace-api/maps/:id`. */
  readonly url: string
  readonly access: RouteAccess
  readonly action: Action | null
  readonly viewAs?: 'open' | 'closed'
}

/** Routes that plugins add for us and that are open to everybody. */
const PLUGIN_PREFIXES = ['/docs']

/** Makes starting impossible while any route does not say who may call it, and lists what they say. */
export function requireRouteAccess(app: FastifyInstance): void {
  const declared: DeclaredRoute[] = []
  app.decorate('declaredRoutes', declared)
  app.addHook('onRoute', (route) => {
    const methods = [route.method].flat()
    const isFromPlugin = PLUGIN_PREFIXES.some((prefix) => route.url === prefix || route.url.startsWith(`${prefix}/`))
    if (isFromPlugin || methods.every((method) => method === 'OPTIONS')) {
      route.config = { ...route.config, access: 'anonymous', action: null }
    }
    const { access, action, viewAs } = route.config ?? {}
    if (access === undefined || action === undefined) {
      throw new Error(`The route ${methods.join(', ')} ${route.url} does not declare its access and action.`)
    }
    declared.push(...methods.map((method) => ({ method, url: route.url, access, action, ...(viewAs && { viewAs }) })))
  })
}
