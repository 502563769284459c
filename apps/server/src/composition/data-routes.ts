import { registerBasemapRoutes } from '../features/basemaps/basemap-routes.ts'
import { registerCustomizationRoutes } from '../features/customization/customization-routes.ts'
import { registerMapsApiRoutes } from '../features/maps-api/maps-api-routes.ts'
import { registerSettingsRoutes } from '../features/settings/settings-routes.ts'
import { ModelService } from '../features/sql-api/model-service.ts'
import { QueryService } from '../features/sql-api/query-service.ts'
import { registerSqlApiRoutes } from '../features/sql-api/sql-api-routes.ts'
import { registerStatsRoutes } from '../features/stats/stats-routes.ts'
import { StatsService } from '../features/stats/stats-service.ts'
import type { RegisterRoutes } from './services.ts'

/** The Maps and SQL APIs, and what maps look like. */
export const DATA_ROUTES: readonly RegisterRoutes[] = [
  (app, { clock, config, mapSourceService, telemetry, tiles }) =>
    registerMapsApiRoutes(app, { sources: mapSourceService, tiles, clock, telemetry }, config),
  (app, { access, activity, clock, connections, governanceRules, jobs, reading, reads, texts }) =>
    registerSqlApiRoutes(app, {
      queries: new QueryService({ access, connections, texts, governance: governanceRules, activity, reads }),
      models: new ModelService(reading),
      jobs,
      clock,
    }),
  (app, { clock, reading }) => registerStatsRoutes(app, new StatsService(reading), clock),
  (app, { basemaps, config }) => registerBasemapRoutes(app, basemaps, config),
  (app, { customizations }) => registerCustomizationRoutes(app, customizations),
  (app, { settings }) => registerSettingsRoutes(app, settings),
]
