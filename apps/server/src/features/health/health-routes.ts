import { Type } from 'typebox'
import type { App } from '../../http/server.ts'
import type { Telemetry } from '../../platform/telemetry/telemetry.ts'
import type { HealthService } from './health-service.ts'

const ReadinessBody = Type.Object({
  status: Type.Enum(['ready', 'not-ready']),
  checks: Type.Record(Type.String(), Type.String()),
})
const config = { access: 'anonymous', action: null } as const
const tags = ['Operation']

/** What an orchestrator and a metrics collector ask. */
export function registerHealthRoutes(app: App, health: HealthService, telemetry: Telemetry): void {
  app.get(
    '/health/live',
    {
      config,
      schema: {
        tags,
        summary: 'The process runs',
        response: { 200: Type.Object({ status: Type.Literal('live') }) },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store')
      return { status: 'live' as const }
    },
  )

  app.get(
    '/health/ready',
    {
      config,
      schema: {
        tags,
        summary: 'The server can serve: its metadata store answers and its start is complete',
        response: { 200: ReadinessBody, 503: ReadinessBody },
      },
    },
    async (_request, reply) => {
      const { isReady, checks } = await health.check()
      return reply
        .status(isReady ? 200 : 503)
        .header('cache-control', 'no-store')
        .send({ status: isReady ? 'ready' : 'not-ready', checks: { ...checks } })
    },
  )

  app.get(
    '/metrics',
    {
      config,
      schema: { tags, summary: 'Measurements in the Prometheus text format', response: { 200: Type.String() } },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store').type(telemetry.contentType)
      return telemetry.report()
    },
  )
}
