import type { Permission } from '@graticule/contract'
import { type Action, type Asset, can, type Decision, type Principal } from '@graticule/policy'

/** Whether the asker may do something to an asset, as answers tell it: with the reason when not. */
export function assetPermission(principal: Principal, action: Action, asset: Asset): Permission {
  return permission(can(principal, action, asset))
}

/** A decision as answers tell it. */
export function permission({ allowed, reason }: Pick<Decision, 'allowed' | 'reason'>): Permission {
  return allowed ? { allowed } : { allowed, reason }
}
