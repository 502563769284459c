import {
  type AudienceBody,
  ConnectionCreateBody,
  ConnectionCreated,
  ConnectionDependents,
  ConnectionRepointed,
  ConnectionSummary,
  ConnectionTestResult,
  ConnectionUpdateBody,
  ErrorBody,
} from '@graticule/contract'
import type { Audience } from '@graticule/policy'
import type { Provider } from '@graticule/warehouses'
import { Type } from 'typebox'
import { userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import { readAudienceBody } from '../sharing/audience-body.ts'
import type { ConnectionService } from './connection-service.ts'

const ProviderSummary = Type.Object({
  id: Type.String(),
  label: Type.String(),
  configFields: Type.Array(
    Type.Object({
      name: Type.String(),
      label: Type.String(),
      kind: Type.Enum(['text', 'number', 'password', 'select', 'textarea']),
      required: Type.Boolean(),
      secret: Type.Boolean(),
      placeholder: Type.Optional(Type.String()),
      help: Type.Optional(Type.String()),
      options: Type.Optional(Type.Array(Type.Object({ value: Type.String(), label: Type.String() }))),
      defaultValue: Type.Optional(Type.Union([Type.String(), Type.Number()])),
    }),
  ),
  signInMethods: Type.Array(
    Type.Object({
      id: Type.String(),
      label: Type.String(),
      fields: Type.Array(Type.String(), {
        description: 'The fields that choose it by being filled in; none: it remains when all of those are empty.',
      }),
    }),
  ),
})
const IdOrName = Type.Object({ idOrName: Type.String() })
const ConnectionTestBody = Type.Object({
  providerId: Type.String(),
  config: Type.Record(Type.String(), Type.Unknown()),
  connectionId: Type.Optional(Type.String({ description: 'The connection being edited; lends its stored secrets.' })),
})

/** The connections of an organization and the kinds of warehouse they can be made to. */
export function registerConnectionRoutes(
  app: App,
  connections: ConnectionService,
  providers: readonly Provider[],
): void {
  const errors = { '4xx': ErrorBody, '5xx': ErrorBody }
  const tags = ['Connections']

  app.get(
    '/v3/providers',
    {
      config: { access: 'session', action: null, viewAs: 'open' },
      schema: {
        tags,
        summary: 'List the kinds of warehouse, with the fields of their forms',
        response: { 200: Type.Array(ProviderSummary), ...errors },
      },
    },
    async () =>
      providers.map(({ id, label, configFields, signInMethods }) => ({
        id,
        label,
        configFields: configFields.map(({ options, ...field }) => ({
          ...field,
          ...(options ? { options: options.map((option) => ({ ...option })) } : {}),
        })),
        signInMethods: signInMethods.map((method) => ({
          id: method.id,
          label: method.label,
          fields: [...method.fields],
        })),
      })),
  )

  app.get(
    '/v3/connections',
    {
      config: { access: 'session', action: 'connection.use' },
      schema: {
        tags,
        summary: 'List the connections you may use',
        response: { 200: Type.Array(ConnectionSummary), ...errors },
      },
    },
    async (request) => connections.list(request.principal),
  )

  app.post(
    '/v3/connections',
    {
      config: { access: 'session', action: 'connection.create' },
      schema: {
        tags,
        summary: 'Create a connection; it is really opened first',
        description:
          'With `credentialPolicy` `viewer` its login is checked as well; 422 lists what is red unless `postureReason` says why it is made all the same.',
        body: ConnectionCreateBody,
        response: { 201: ConnectionCreated, ...errors },
      },
    },
    async (request, reply) => {
      const { name, providerId, config, options, credentialPolicy, viewerAuthentication, viewerToken, postureReason } =
        request.body
      const audience = readOptionalAudience(request.body)
      const draft = {
        name,
        providerId,
        config,
        options,
        credentialPolicy,
        viewerAuthentication,
        viewerToken,
        postureReason,
        audience,
      }
      const created = await connections.create(userCallerOf(request, reply), draft)
      return reply.status(201).send(created)
    },
  )

  app.post(
    '/v3/connections/test',
    {
      config: { access: 'session', action: null, decides: ['connection.create', 'connection.update'] },
      schema: {
        tags,
        summary: 'Try to connect without saving anything',
        description:
          'The `details.step` of a refusal says which of dns, tcp, tls, authentication, database and postgis failed.',
        body: ConnectionTestBody,
        response: { 200: ConnectionTestResult, ...errors },
      },
    },
    async (request, reply) => {
      const { version, warnings } = await connections.test(userCallerOf(request, reply), request.body)
      return { ok: true, version, warnings: [...warnings] }
    },
  )

  app.get(
    '/v3/connections/:idOrName',
    {
      config: { access: 'session', action: 'connection.use' },
      schema: {
        tags,
        summary: 'One connection',
        params: IdOrName,
        response: { 200: ConnectionSummary, ...errors },
      },
    },
    async (request) => connections.get(request.principal, request.params.idOrName),
  )

  app.patch(
    '/v3/connections/:idOrName',
    {
      config: { access: 'session', action: 'connection.update' },
      schema: {
        tags,
        summary: 'Rename a connection, change how to log in and how it is used, or who may use it',
        description:
          'A changed login is really tried first. Secrets that are left out stay as they are, and null removes one. The name before goes on as an alias; what still uses an alias that is taken off names the connection anew. Switching `credentialPolicy` to `viewer` checks the login first; 422 lists what is red unless `postureReason` says why it is done all the same.',
        params: IdOrName,
        body: ConnectionUpdateBody,
        response: { 200: ConnectionSummary, ...errors },
      },
    },
    async (request, reply) => {
      const {
        name,
        config,
        options,
        aliases,
        revision,
        credentialPolicy,
        viewerAuthentication,
        viewerToken,
        postureReason,
      } = request.body
      const audience = readOptionalAudience(request.body)
      const edit = {
        name,
        config,
        options,
        aliases,
        revision,
        credentialPolicy,
        viewerAuthentication,
        viewerToken,
        postureReason,
        audience,
      }
      return connections.update(userCallerOf(request, reply), request.params.idOrName, edit)
    },
  )

  app.get(
    '/v3/connections/:idOrName/dependents',
    {
      config: { access: 'session', action: 'connection.update' },
      schema: {
        tags,
        summary: 'What reads from a connection, for whoever is about to change it',
        params: IdOrName,
        response: { 200: ConnectionDependents, ...errors },
      },
    },
    async (request, reply) => connections.listDependents(userCallerOf(request, reply), request.params.idOrName),
  )

  for (const [method, isKept] of [
    ['PUT', true],
    ['DELETE', false],
  ] as const) {
    app.route({
      method,
      url: '/v3/connections/:idOrName/bookmark',
      config: { access: 'session', action: 'connection.use' },
      schema: {
        tags,
        summary: isKept ? 'Keep a connection at hand' : 'Keep a connection at hand no longer',
        params: IdOrName,
        response: { 204: Type.Null(), ...errors },
      },
      handler: async (request, reply) => {
        await connections.setBookmark(userCallerOf(request, reply), request.params.idOrName, isKept)
        return reply.status(204).send(null)
      },
    })
  }

  app.delete(
    '/v3/connections/:idOrName',
    {
      config: { access: 'session', action: 'connection.delete' },
      schema: {
        tags,
        summary: 'Delete a connection',
        description:
          '409 lists what reads from it. `targetConnectionId` makes all of that read from another connection of the same kind and owner first, in one step; the answer says how many of each kind did.',
        params: IdOrName,
        querystring: Type.Object({
          targetConnectionId: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
        }),
        response: { 200: ConnectionRepointed, 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      const { targetConnectionId: target } = request.query
      const repointed = await connections.remove(userCallerOf(request, reply), request.params.idOrName, target)
      return target === undefined ? reply.status(204).send(null) : reply.status(200).send({ repointed })
    },
  )
}

/** Undefined when the body says nothing of sharing. */
function readOptionalAudience({ privacy, ...rest }: Partial<AudienceBody>): Audience | undefined {
  return privacy === undefined ? undefined : readAudienceBody({ ...rest, privacy })
}
