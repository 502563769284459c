import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { ErrorBody } from '@graticule/contract'
import { Type } from 'typebox'
import { acceptForms } from '../../../../http/forms.ts'
import type { App } from '../../../../http/server.ts'
import { BACK_CHANNEL_LOGOUT_PATH } from '../../../identity-providers/identity-provider-routes.ts'
import type { OidcLogoutService } from './oidc-logout-service.ts'

/** Where providers tell that somebody signed out with them. */
export function registerOidcLogoutRoute(app: App, logouts: OidcLogoutService): void {
  app.register(async (scope) => {
    acceptForms(scope)
    scope.withTypeProvider<TypeBoxTypeProvider>().post(
      BACK_CHANNEL_LOGOUT_PATH,
      {
        config: { access: 'anonymous', action: null },
        schema: {
          tags: ['Sign-in'],
          summary: 'For identity providers: somebody signed out there (OpenID Connect Back-Channel Logout)',
          body: Type.Object({ logout_token: Type.String({ maxLength: 20_000 }) }),
          response: { 200: Type.Null(), '4xx': ErrorBody },
        },
      },
      async (request, reply) => {
        await logouts.endNamedSessions(request.body.logout_token, request.id)
        return reply.status(200).header('cache-control', 'no-store').send(null)
      },
    )
  })
}
