import { ErrorBody, OrganizationChoice, SecondStep, SessionInfo, SignInBody } from '@graticule/contract'
import { Type } from 'typebox'
import { rejectForeignForm } from '../../../../http/cross-site.ts'
import { answerSignIn, originOf } from '../../signed-in-answer.ts'
import type { LoginMethod } from '../login-method.ts'

/** E-mail and password. */
export const passwordMethod: LoginMethod = {
  id: 'password',
  lookUpProvider: null,
  install(app, { signIns, settings }) {
    app.post(
      '/auth/sign-in',
      {
        config: { access: 'anonymous', action: null },
        schema: {
          tags: ['Sign-in'],
          summary: 'Sign in with e-mail and password',
          body: SignInBody,
          response: { 200: SessionInfo, 202: Type.Union([SecondStep, OrganizationChoice]), '4xx': ErrorBody },
        },
      },
      async (request, reply) => {
        rejectForeignForm(request, settings)
        const login = { ...request.body, email: request.body.email.trim() }
        const outcome = await signIns.withPassword(login, originOf(request))
        if ('organizations' in outcome) return reply.status(202).header('cache-control', 'no-store').send(outcome)
        return answerSignIn(request, reply, outcome, settings)
      },
    )
    return { id: 'password', beginTest: null, findSignOutAddress: async () => null, sweep: async () => undefined }
  },
}
