import { ErrorBody, PasskeyOptions, PasskeySignInBody, SessionInfo } from '@graticule/contract'
import { rejectForeignForm } from '../../../../http/cross-site.ts'
import { baseUrlOf } from '../../../../http/public-address.ts'
import { answerSignedIn, originOf } from '../../signed-in-answer.ts'
import type { LoginMethod } from '../login-method.ts'
import { PasskeySignInService } from './passkey-sign-in-service.ts'

const ANYONE = { access: 'anonymous', action: null } as const
const tags = ['Sign-in']

/** A passkey alone, without an e-mail. */
export const passkeyMethod: LoginMethod = {
  id: 'passkey',
  lookUpProvider: null,
  install(app, context) {
    const { passkeys, settings } = context
    const signIns = new PasskeySignInService(context)
    app.post(
      '/auth/sign-in/passkey/options',
      {
        config: ANYONE,
        schema: {
          tags,
          summary: 'Begin to sign in with a passkey',
          response: { 200: PasskeyOptions, '4xx': ErrorBody },
        },
      },
      async (request, reply) => {
        rejectForeignForm(request, settings)
        reply.header('cache-control', 'no-store')
        return signIns.begin(baseUrlOf(request, settings), request.ip)
      },
    )
    app.post(
      '/auth/sign-in/passkey',
      {
        config: ANYONE,
        schema: {
          tags,
          summary: 'Sign in with a passkey',
          body: PasskeySignInBody,
          response: { 200: SessionInfo, '4xx': ErrorBody },
        },
      },
      async (request, reply) => {
        rejectForeignForm(request, settings)
        const baseUrl = baseUrlOf(request, settings)
        const signedIn = await signIns.signIn(request.body.response, baseUrl, originOf(request))
        return answerSignedIn(request, reply, signedIn, settings)
      },
    )
    return { id: 'passkey', beginTest: null, findSignOutAddress: async () => null, sweep: () => passkeys.sweep() }
  },
}
