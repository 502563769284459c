import type { Permission } from '@graticule/contract'
import { type Action, type Asset, can, type Principal } from '@graticule/policy'

/** Whether the asker may do something to an asset, as answers tell it: with the reason when not. */
export function assetPermission(principal: Principal, action: Action, asset: Asset): Permission {
  const decision = can(principal, action, asset)
  return decision.allowed ? { allowed: true } : { allowed: false, reason: decision.reason }
}
