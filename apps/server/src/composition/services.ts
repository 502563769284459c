import type { App } from '../http/server.ts'
import type { Assets } from './assets.ts'
import type { Callers } from './callers.ts'
import type { DataApis } from './data-apis.ts'
import type { Governance } from './governance.ts'
import type { Joining } from './joining.ts'
import type { People } from './people.ts'
import type { Platform } from './platform.ts'
import type { SignIn } from './sign-in.ts'
import type { Warehouses } from './warehouses.ts'

/** Everything that is composed, by name. */
export type Services = Platform & People & Callers & Warehouses & Assets & DataApis & Governance & SignIn & Joining

/** Puts the routes of one feature on the server. */
export type RegisterRoutes = (app: App, services: Services) => void | Promise<void>
