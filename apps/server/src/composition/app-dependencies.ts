import type { Provider } from '@graticule/warehouses'
import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../config.ts'
import type { ReadinessGate } from '../features/health/health-service.ts'
import type { ActivityLog } from '../platform/activity/activity-log.ts'
import type { Clock } from '../platform/clock/clock.ts'
import type { Store } from '../platform/db/database.ts'
import type { LookUpAddresses } from '../platform/dns/look-up-addresses.ts'
import type { LookUpTxt } from '../platform/dns/look-up-txt.ts'
import type { Mailer } from '../platform/mail/mailer.ts'
import type { SecretBox } from '../platform/secrets/secret-box.ts'
import type { Telemetry } from '../platform/telemetry/telemetry.ts'
import type { EmbeddedWarehouse } from '../platform/warehouses/warehouse-pool.ts'

/** What the process hands to the application. Tests hand in the same kinds of things, on a database of their own. */
export interface AppDependencies {
  readonly config: Pick<
    Config,
    | 'publicUrl'
    | 'allowedHosts'
    | 'outbound'
    | 'trustProxy'
    | 'redisUrl'
    | 'sessionIdleMs'
    | 'sessionAbsoluteMs'
    | 'isOrganizationCreationOpen'
  >
  /** Tells this server apart from others on the same store. */
  readonly serverId: string
  readonly store: Store
  readonly secretBox: SecretBox
  readonly clock: Clock
  readonly activity: ActivityLog
  readonly mailer: Mailer
  /** Asks DNS for TXT records. */
  readonly lookUpTxt: LookUpTxt
  /** Finds the addresses of hosts that people entered. */
  readonly lookUpAddresses: LookUpAddresses
  readonly telemetry: Telemetry
  readonly logger: FastifyBaseLogger
  /** Folder of the built workspace. */
  readonly webAppFolder: string
  /** Folder of the basemaps' styles and data. */
  readonly basemapsFolder: string
  /** The warehouse that the process runs itself; null when it runs none. */
  readonly embeddedWarehouse: EmbeddedWarehouse | null
  /** The kinds of warehouse to connect to; all that there are unless said otherwise. */
  readonly providers?: readonly Provider[]
  readonly version: string
  readonly readinessGates: readonly ReadinessGate[]
}
