import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { ErrorBody } from '@graticule/contract'
import { Type } from 'typebox'
import { acceptForms } from '../../../../http/forms.ts'
import { type AddressSettings, baseUrlOf } from '../../../../http/public-address.ts'
import type { App } from '../../../../http/server.ts'
import { SAML_CONSUMER_PATH, SAML_METADATA_PATH } from '../../../identity-providers/identity-provider-routes.ts'
import type { SamlProvider } from '../../../identity-providers/identity-provider-service.ts'
import { leadTo } from '../../redirect-login/redirect-login-routes.ts'
import type { RedirectLoginService } from '../../redirect-login/redirect-login-service.ts'
import { describeServiceProvider, ownAddresses } from './service-provider.ts'

/** Where a browser comes with its cookie after a provider had it post the answer. */
export const SAML_FINISH_PATH = '/auth/saml/finish'
const MAX_RESPONSE_LENGTH = 256 * 1024
const ANYONE = { access: 'anonymous', action: null } as const
const tags = ['Sign-in']

/** What is SAML's own on the way of a browser: our metadata, and where the answers arrive. */
export function registerSamlRoutes(
  app: App,
  logins: RedirectLoginService<SamlProvider>,
  settings: AddressSettings,
): void {
  app.get(
    SAML_METADATA_PATH,
    {
      config: ANYONE,
      schema: {
        tags,
        summary: 'For SAML identity providers: who we are and where answers are posted to',
        response: { 200: { content: { 'application/samlmetadata+xml': { schema: Type.String() } } }, '4xx': ErrorBody },
      },
    },
    async (request, reply) =>
      reply
        .header('content-type', 'application/samlmetadata+xml; charset=utf-8')
        .header('content-disposition', 'attachment; filename="graticule-metadata.xml"')
        .serializer((text: unknown) => String(text))
        .send(describeServiceProvider(ownAddresses(baseUrlOf(request, settings)))),
  )

  app.register(async (scope) => {
    acceptForms(scope)
    scope.withTypeProvider<TypeBoxTypeProvider>().post(
      SAML_CONSUMER_PATH,
      {
        // The provider's page posts here, so our cookies stay behind; the redirect that follows brings them along.
        config: { ...ANYONE, takesForeignPosts: true },
        bodyLimit: MAX_RESPONSE_LENGTH + 8 * 1024,
        schema: {
          tags,
          summary: 'For SAML identity providers: the answer to a sign-in that was begun here (HTTP-POST binding)',
          body: Type.Object({
            SAMLResponse: Type.String({ maxLength: MAX_RESPONSE_LENGTH }),
            RelayState: Type.Optional(Type.String({ maxLength: 200 })),
          }),
          response: {
            303: Type.Null({ description: 'To where the sign-in is finished.' }),
            '4xx': ErrorBody,
          },
        },
      },
      async (request, reply) => {
        const { RelayState: state = '', SAMLResponse } = request.body
        await logins.keepAnswer(state, SAMLResponse)
        return leadTo(reply, `${SAML_FINISH_PATH}?${new URLSearchParams({ state })}`, 303)
      },
    )
  })
}
