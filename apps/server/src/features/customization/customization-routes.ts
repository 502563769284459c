import { Customization, ErrorBody } from '@graticule/contract'
import { Type } from 'typebox'
import { requireUser } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { CustomizationService } from './customization-service.ts'

const errors = { '4xx': ErrorBody }
const tags = ['Customization']

/** What an organization made its own, for those who look at its pages. It is changed as part of its settings. */
export function registerCustomizationRoutes(app: App, customizations: CustomizationService): void {
  app.get(
    '/workspace-api/customization',
    {
      config: { access: 'session', action: null, viewAs: 'open' },
      schema: {
        tags,
        summary: 'The look, the palettes and the markers of my organization',
        response: { 200: Customization, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return customizations.show(requireUser(request).organizationId)
    },
  )

  app.get(
    '/branding/:organizationId/:digest',
    {
      config: { access: 'anonymous', action: null },
      schema: {
        tags,
        summary: 'A logo, which also stands on public maps',
        params: Type.Object({ organizationId: Type.String(), digest: Type.String() }),
        response: { 200: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }), ...errors },
      },
    },
    async (request, reply) => {
      const { type, bytes } = await customizations.readImage(request.params.organizationId, request.params.digest)
      // Another picture has another address.
      return reply.header('cache-control', 'public, max-age=31536000, immutable').type(type).send(bytes)
    },
  )

  app.get(
    '/markers/:organizationId/:digest',
    {
      config: { access: 'anonymous', action: null },
      schema: {
        tags,
        summary: 'A marker, which also stands on public maps',
        params: Type.Object({ organizationId: Type.String(), digest: Type.String() }),
        response: { 200: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }), ...errors },
      },
    },
    async (request, reply) => {
      const bytes = await customizations.readMarker(request.params.organizationId, request.params.digest)
      // Another picture has another address.
      return reply.header('cache-control', 'public, max-age=31536000, immutable').type('image/png').send(bytes)
    },
  )
}
