import { availableParallelism } from 'node:os'
import { MapSourceService } from '../features/maps-api/map-source-service.ts'
import { RecalledTiles } from '../features/maps-api/recalled-tiles.ts'
import { SourceExtents } from '../features/maps-api/source-extents.ts'
import { SourceHandles } from '../features/maps-api/source-handles.ts'
import { TileService } from '../features/maps-api/tile-service.ts'
import { JobService } from '../features/sql-api/job-service.ts'
import { UsageLimits } from '../features/usage/usage-limits.ts'
import { UsageMeter } from '../features/usage/usage-meter.ts'
import type { UsageService } from '../features/usage/usage-service.ts'
import { requestLines } from '../http/request-log.ts'
import { answerHeaders } from '../http/security-headers.ts'
import { ReadLog } from '../platform/activity/read-log.ts'
import { TileEncoder } from '../platform/tile-encoding/tile-encoder.ts'
import type { Callers } from './callers.ts'
import type { Platform } from './platform.ts'
import type { Warehouses } from './warehouses.ts'

/** Each encoding thread costs memory, and the warehouse needs processors too. */
const MAX_ENCODING_THREADS = 4

/** What is composed after these and asked for only when somebody comes. */
interface Later {
  readonly usage: () => UsageService
}

/** What `composeDataApis` composes. */
export type DataApis = ReturnType<typeof composeDataApis>

/** What the Maps and SQL APIs answer from. */
export function composeDataApis(platform: Platform, callers: Callers, warehouses: Warehouses, later: Later) {
  const { activity, clock, directory, isHttps, logger, serverId, store, telemetry } = platform
  const { governanceRules, resolver } = callers
  const { access, answers, connections, descriptions, keys, namedSources, texts } = warehouses
  const handles = new SourceHandles(store, clock, keys)
  const extents = new SourceExtents(connections, answers, keys)
  const encoder = new TileEncoder(Math.max(1, Math.min(MAX_ENCODING_THREADS, availableParallelism() - 1)))
  const mapSourceService = new MapSourceService({
    access,
    directory,
    descriptions,
    extents,
    handles,
    clock,
    texts,
  })
  const reads = new ReadLog({
    store,
    activity,
    mayOpenMap: (principal, mapId) => access.mayOpenMap(principal, mapId),
    onError: (error) => logger.warn({ err: error }, 'the text of a statement could not be kept'),
  })
  const tiles = new TileService({
    access,
    directory,
    connections,
    descriptions,
    handles,
    answers,
    encoder,
    reads,
    texts,
  })
  const usageLimits = new UsageLimits({
    store,
    clock,
    onError: (error) => logger.warn({ err: error }, 'the limits of usage could not be read'),
  })
  const usageMeter = new UsageMeter({
    store,
    clock,
    mayOpenMap: (principal, mapId) => access.mayOpenMap(principal, mapId),
    onWritten: async (organizationIds) => {
      for (const organizationId of organizationIds) {
        await later
          .usage()
          .noteUse(organizationId)
          .catch((error: unknown) => logger.warn({ err: error }, 'a quota of usage could not be looked at'))
      }
    },
    onError: (error, lostRequests) => logger.warn({ err: error, lostRequests }, 'usage could not be written yet'),
  })
  const recalledTiles = new RecalledTiles({
    resolver,
    tiles,
    usageMeter,
    usageLimits,
    telemetry,
    clock,
    lines: requestLines(logger),
    answerHeaders: answerHeaders({ isHttps }),
  })
  const reading = { access, connections, descriptions, answers, keys, reads, texts }
  const jobs = new JobService({
    store,
    serverId: serverId,
    access,
    connections,
    named: namedSources,
    governance: governanceRules,
    activity,
    clock,
  })
  return { handles, encoder, mapSourceService, reads, tiles, recalledTiles, reading, jobs, usageLimits, usageMeter }
}
