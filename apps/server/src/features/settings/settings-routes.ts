import {
  AccessTestReport,
  ErrorBody,
  SettingsApplyBody,
  SettingsPlan,
  SettingsPlanBody,
  SettingsReadQuery,
  SettingsTestBody,
  SettingsText,
} from '@graticule/contract'
import { requireUser, userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { SettingsService } from './settings-service.ts'

const MANAGE = { access: 'session', action: 'settings.manage' } as const
const errors = { '4xx': ErrorBody }
const tags = ['Settings as code']

/** The settings of an organization as one document. */
export function registerSettingsRoutes(app: App, settings: SettingsService): void {
  app.get(
    '/workspace-api/settings',
    {
      config: MANAGE,
      schema: {
        tags,
        summary: 'The settings of my organization as one document, and the revision of each section',
        querystring: SettingsReadQuery,
        response: { 200: SettingsText, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return settings.read(requireUser(request).organizationId, request.query.format)
    },
  )

  app.post(
    '/workspace-api/settings/plan',
    {
      config: MANAGE,
      schema: {
        tags,
        summary: 'What a document would change and who gains or loses what; changes nothing',
        body: SettingsPlanBody,
        response: { 200: SettingsPlan, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return settings.plan(requireUser(request).organizationId, request.body.text)
    },
  )

  app.post(
    '/workspace-api/settings/apply',
    {
      config: MANAGE,
      schema: {
        tags,
        summary: 'Apply a document as a whole; 409 when what it is based on has changed since',
        body: SettingsApplyBody,
        response: { 200: SettingsPlan, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return settings.apply(userCallerOf(request, reply), request.body)
    },
  )

  app.post(
    '/workspace-api/settings/test',
    {
      config: MANAGE,
      schema: {
        tags,
        summary: 'Whether people may do what a document, or the settings, expect of them',
        body: SettingsTestBody,
        response: { 200: AccessTestReport, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return settings.test(requireUser(request).organizationId, request.body.text)
    },
  )
}
