import {
  ErrorBody,
  PasswordChangeBody,
  PasswordLinkRequestBody,
  PasswordLinkSent,
  PasswordResetBody,
  SecondStep,
  SessionInfo,
} from '@graticule/contract'
import { Type } from 'typebox'
import { userCallerOf } from '../../http/caller.ts'
import { rejectForeignForm } from '../../http/cross-site.ts'
import { type AddressSettings, baseUrlOf } from '../../http/public-address.ts'
import type { App } from '../../http/server.ts'
import type { PasswordService } from './password-service.ts'
import { answerSignIn, originOf } from './signed-in-answer.ts'

const PERSON = { access: 'session', action: null } as const
const ANYONE = { access: 'anonymous', action: null } as const
const errors = { '4xx': ErrorBody }
const tags = ['Sign-in']

/** Changing one's password, and getting a new one by a link. */
export function registerPasswordRoutes(app: App, passwords: PasswordService, settings: AddressSettings): void {
  app.post(
    '/auth/password',
    {
      config: PERSON,
      schema: {
        tags,
        summary: 'Change my password; my other sessions end',
        body: PasswordChangeBody,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await passwords.change(userCallerOf(request, reply), request.body)
      return reply.status(204).send(null)
    },
  )

  app.post(
    '/auth/password/link',
    {
      config: ANYONE,
      schema: {
        tags,
        summary: 'Ask for a mail with a link to a new password; the answer is the same whoever has the e-mail',
        body: PasswordLinkRequestBody,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      rejectForeignForm(request, settings)
      passwords.requestLink(request.body.email.trim(), baseUrlOf(request, settings), {
        ipAddress: request.ip,
        requestId: request.id,
      })
      return reply.status(204).send(null)
    },
  )

  app.post(
    '/auth/password/reset',
    {
      config: ANYONE,
      schema: {
        tags,
        summary: 'Set a new password by a link, and sign in; all earlier sessions end',
        body: PasswordResetBody,
        response: { 200: SessionInfo, 202: SecondStep, ...errors },
      },
    },
    async (request, reply) => {
      rejectForeignForm(request, settings)
      return answerSignIn(request, reply, await passwords.reset(request.body, originOf(request)), settings)
    },
  )

  app.post(
    '/workspace-api/users/:id/password-link',
    {
      config: { access: 'session', action: 'user.make-password-link' },
      schema: {
        tags: ['People'],
        summary: 'Give a person a link to a new password: mailed to them, or shown here this once',
        params: Type.Object({ id: Type.String() }),
        response: { 200: PasswordLinkSent, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return passwords.makeLink(userCallerOf(request, reply), request.params.id, baseUrlOf(request, settings))
    },
  )
}
