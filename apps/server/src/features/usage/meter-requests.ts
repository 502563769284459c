import type { UsageMethod } from '@graticule/policy'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { IDEMPOTENCY_REPLAYED } from '../../http/idempotency.ts'
import { WireParameters } from '../../http/wire-parameters.ts'
import { readMapId } from '../maps-api/map-source-service.ts'
import type { UsageLimits } from './usage-limits.ts'
import type { UsageMeter } from './usage-meter.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a request counts as when it succeeds; absent where it is free. */
    usage?: UsageMethod
  }
}

/** Refuses requests of whoever has used up a limit before anything is done for them, and counts those that are answered. */
export function meterRequests(app: FastifyInstance, meter: UsageMeter, limits: UsageLimits): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { principal, routeOptions } = request
    if (routeOptions.config.usage === undefined || principal.kind === 'anonymous' || limits.recallOpen(principal)) {
      done()
      return
    }
    limits.require(principal).then(
      () => done(),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
    )
  })
  // As the answer begins: whoever hangs up before its end has read as much as they wanted.
  app.addHook('onSend', (request, reply, _payload, done) => {
    const { principal, routeOptions } = request
    const { usage } = routeOptions.config
    const isGood = reply.statusCode >= 200 && reply.statusCode < 300
    // What is answered again was carried out, and counted, before.
    if (usage !== undefined && isGood && principal.kind !== 'anonymous' && !reply.hasHeader(IDEMPOTENCY_REPLAYED)) {
      const { client, mapId } = readNotes(request)
      meter.count(principal, usage, client, mapId)
    }
    done()
  })
}

/** What a request says of itself; a note that cannot be read is none. */
function readNotes({ body, query }: FastifyRequest): { client: string | undefined; mapId: string | undefined } {
  try {
    const parameters = new WireParameters(query, body)
    return { client: parameters.text('client'), mapId: readMapId(parameters) }
  } catch {
    return { client: undefined, mapId: undefined }
  }
}
