import type { Action, Principal } from '@graticule/policy'
import type { FastifyInstance } from 'fastify'
import { ROUTES_WITHOUT_ACTION } from './routes-without-action.ts'

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
     * with the asset in hand. Null for those that decide by several, and for `ROUTES_WITHOUT_ACTION`.
     */
    action?: Action | null
    /**
     * The actions of which the service decides one for each thing that a request names, where the kind of thing or what
     * is done with it stands in the request. Such a route has no single action.
     */
    decides?: readonly Action[]
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
  readonly decides?: readonly Action[]
  readonly viewAs?: 'open' | 'closed'
}

/** Routes that plugins add for us and that are open to everybody. */
const PLUGIN_PREFIXES = ['/docs']

/**
 * Makes starting impossible while any route does not say who may call it, or needs no leave without a reason, and lists
 * what they say.
 */
export function requireRouteAccess(app: FastifyInstance): void {
  const declared: DeclaredRoute[] = []
  app.decorate('declaredRoutes', declared)
  app.addHook('onRoute', (route) => {
    const methods = [route.method].flat()
    const isFromPlugin = PLUGIN_PREFIXES.some((prefix) => route.url === prefix || route.url.startsWith(`${prefix}/`))
    if (isFromPlugin || methods.every((method) => method === 'OPTIONS')) {
      route.config = { ...route.config, access: 'anonymous', action: null }
    }
    const { access, action, decides, viewAs } = route.config ?? {}
    if (access === undefined || action === undefined) {
      throw new Error(`The route ${methods.join(', ')} ${route.url} does not declare its access and action.`)
    }
    for (const method of methods) {
      const declaredRoute = {
        method,
        url: route.url,
        access,
        action,
        ...(decides && { decides }),
        ...(viewAs && { viewAs }),
      }
      if (!isLeaveGiven(declaredRoute)) {
        throw new Error(`The route ${method} ${route.url} names no action, and no reason why it needs none.`)
      }
      declared.push(declaredRoute)
    }
  })
}

/** Whether what a route lets people do is decided by an action, or by a reason that is written down. */
function isLeaveGiven({ method, url, access, action, decides = [] }: DeclaredRoute): boolean {
  if (access === 'anonymous' || access === 'directory') return true
  if (action !== null || decides.length > 0) return true
  // What answers GET answers HEAD.
  return Object.hasOwn(ROUTES_WITHOUT_ACTION, `${method === 'HEAD' ? 'GET' : method} ${url}`)
}
