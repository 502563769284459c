import {
  type AudienceBody,
  ConnectionCreateBody,
  ConnectionSummary,
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
        body: ConnectionCreateBody,
        response: { 201: ConnectionSummary, ...errors },
      },
    },
    async (request, reply) => {
      const { name, providerId, config } = request.body
      const draft = { name, providerId, config, audience: readOptionalAudience(request.body) }
      const created = await connections.create(userCallerOf(request, reply), draft)
      return reply.status(201).send(created)
    },
  )

  app.post(
    '/v3/connections/test',
    {
      config: { access: 'session', action: null },
      schema: {
        tags,
        summary: 'Try to connect without saving anything',
        body: ConnectionTestBody,
        response: { 200: Type.Object({ ok: Type.Boolean(), version: Type.String() }), ...errors },
      },
    },
    async (request, reply) => {
      const { version } = await connections.test(userCallerOf(request, reply), request.body)
      return { ok: true, version }
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
        summary: 'Change how to log in, or who may use the connection',
        description: 'Secrets that are left out stay as they are.',
        params: IdOrName,
        body: ConnectionUpdateBody,
        response: { 200: ConnectionSummary, ...errors },
      },
    },
    async (request, reply) => {
      const edit = { config: request.body.config, audience: readOptionalAudience(request.body) }
      return connections.update(userCallerOf(request, reply), request.params.idOrName, edit)
    },
  )

  app.delete(
    '/v3/connections/:idOrName',
    {
      config: { access: 'session', action: 'connection.delete' },
      schema: {
        tags,
        summary: 'Delete a connection that no map uses',
        params: IdOrName,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await connections.remove(userCallerOf(request, reply), request.params.idOrName)
      return reply.status(204).send(null)
    },
  )
}

/** Undefined when the body says nothing of sharing. */
function readOptionalAudience({ privacy, ...rest }: Partial<AudienceBody>): Audience | undefined {
  return privacy === undefined ? undefined : readAudienceBody({ ...rest, privacy })
}
