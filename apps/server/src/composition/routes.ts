import { ASSET_ROUTES } from './asset-routes.ts'
import { DATA_ROUTES } from './data-routes.ts'
import { ORGANIZATION_ROUTES } from './organization-routes.ts'
import type { RegisterRoutes } from './services.ts'
import { SIGN_IN_ROUTES } from './sign-in-routes.ts'

/** The routes of every feature: a line for each in one of these lists. */
export const ROUTES: readonly RegisterRoutes[] = [
  ...SIGN_IN_ROUTES,
  ...ORGANIZATION_ROUTES,
  ...ASSET_ROUTES,
  ...DATA_ROUTES,
]
