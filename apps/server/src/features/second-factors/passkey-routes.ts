import {
  ErrorBody,
  FactorAdded,
  FreshProofBody,
  PasskeyCreateBody,
  PasskeyOptions,
  PasskeyRenameBody,
} from '@graticule/contract'
import { Type } from 'typebox'
import { requireUser, userCallerOf } from '../../http/caller.ts'
import { type AddressSettings, baseUrlOf } from '../../http/public-address.ts'
import type { App } from '../../http/server.ts'
import type { SecondFactorService } from './second-factor-service.ts'
import { siteOf } from './site.ts'

const PERSON = { access: 'session', action: null } as const
const IdParams = Type.Object({ id: Type.String() })
const errors = { '4xx': ErrorBody }
const tags = ['Second factors']

/** One's own passkeys. */
export function registerPasskeyRoutes(app: App, factors: SecondFactorService, settings: AddressSettings): void {
  app.post(
    '/auth/passkeys/options',
    {
      config: PERSON,
      schema: {
        tags,
        summary: 'Begin to make a passkey',
        body: FreshProofBody,
        response: { 200: PasskeyOptions, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const baseUrl = baseUrlOf(request, settings)
      const site = siteOf(baseUrl)
      const person = await factors.demandFresh(userCallerOf(request, reply), request.body.proof, baseUrl)
      return factors.beginPasskey({ person, requestId: request.id, mustBeFirst: false }, site)
    },
  )

  app.post(
    '/auth/passkeys',
    {
      config: PERSON,
      schema: {
        tags,
        summary: 'Add the passkey that an authenticator has made',
        body: PasskeyCreateBody,
        response: { 201: FactorAdded, ...errors },
      },
    },
    async (request, reply) => {
      const site = siteOf(baseUrlOf(request, settings))
      const added = await factors.addOwnPasskey(userCallerOf(request, reply), request.body, site)
      return reply.status(201).header('cache-control', 'no-store').send(added)
    },
  )

  app.post(
    '/auth/passkeys/proof-options',
    {
      config: PERSON,
      schema: {
        tags,
        summary: 'Begin to prove one of my passkeys, for what asks for a fresh proof',
        response: { 200: PasskeyOptions, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return factors.beginPasskeyProof(requireUser(request).userId, siteOf(baseUrlOf(request, settings)))
    },
  )

  app.patch(
    '/auth/passkeys/:id',
    {
      config: PERSON,
      schema: {
        tags,
        summary: 'Rename one of my passkeys',
        params: IdParams,
        body: PasskeyRenameBody,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await factors.renamePasskey(userCallerOf(request, reply), request.params.id, request.body.name)
      return reply.status(204).send(null)
    },
  )

  app.post(
    '/auth/passkeys/:id/remove',
    {
      config: PERSON,
      schema: {
        tags,
        summary: 'Remove one of my passkeys',
        params: IdParams,
        body: FreshProofBody,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      const caller = userCallerOf(request, reply)
      await factors.removePasskey(caller, request.params.id, request.body.proof, baseUrlOf(request, settings))
      return reply.status(204).send(null)
    },
  )
}
