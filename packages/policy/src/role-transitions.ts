import type { Role } from '@graticule/contract'

/**
 * How one role becomes another. `direct`: in one step · `through-editor`, `through-admin`: that role comes first ·
 * `refused`: not at all · `same`: it is that role already.
 */
export type TransitionStep = 'direct' | 'through-editor' | 'through-admin' | 'refused' | 'same'

/** What it takes to lose or change a role. */
interface RoleLoss {
  /** Whether what the person owns must go to somebody else, because afterwards they may own nothing. */
  readonly needsReceiver: boolean
  /** The weakest role that may do it. */
  readonly by: 'admin' | 'superadmin'
}

/** One cell of the table of roles: from one, to another. */
export interface RoleTransition extends RoleLoss {
  readonly step: TransitionStep
}

const SAME: RoleTransition = { step: 'same', needsReceiver: false, by: 'admin' }
const DIRECT: RoleTransition = { step: 'direct', needsReceiver: false, by: 'admin' }
const HAND_OVER: RoleTransition = { step: 'direct', needsReceiver: true, by: 'admin' }
const SUPER: RoleTransition = { step: 'direct', needsReceiver: false, by: 'superadmin' }
const VIA_EDITOR: RoleTransition = { step: 'through-editor', needsReceiver: false, by: 'admin' }
const VIA_ADMIN: RoleTransition = { step: 'through-admin', needsReceiver: false, by: 'superadmin' }
const NEVER: RoleTransition = { step: 'refused', needsReceiver: false, by: 'superadmin' }

/** The whole of which role becomes which: a line per role that somebody has, a column per role they may get. */
export const ROLE_TRANSITIONS: Readonly<Record<Role, Readonly<Record<Role, RoleTransition>>>> = {
  superadmin: { superadmin: SAME, admin: SUPER, editor: VIA_ADMIN, viewer: VIA_ADMIN, guest: VIA_ADMIN },
  admin: { superadmin: SUPER, admin: SAME, editor: DIRECT, viewer: VIA_EDITOR, guest: VIA_EDITOR },
  editor: { superadmin: NEVER, admin: DIRECT, editor: SAME, viewer: HAND_OVER, guest: HAND_OVER },
  viewer: { superadmin: NEVER, admin: VIA_EDITOR, editor: DIRECT, viewer: SAME, guest: DIRECT },
  guest: { superadmin: NEVER, admin: VIA_EDITOR, editor: DIRECT, viewer: DIRECT, guest: SAME },
}

/** What it takes to delete somebody of a role. */
export const DELETIONS: Readonly<Record<Role, RoleLoss>> = {
  superadmin: { needsReceiver: true, by: 'superadmin' },
  admin: { needsReceiver: true, by: 'admin' },
  editor: { needsReceiver: true, by: 'admin' },
  viewer: { needsReceiver: true, by: 'admin' },
  guest: { needsReceiver: true, by: 'admin' },
}

/** Roles that look after the organization; at least one person always has one of them. */
export const ADMIN_ROLES: readonly Role[] = ['superadmin', 'admin']

/** Roles that may own assets, and so receive them. */
export const OWNING_ROLES: readonly Role[] = ['superadmin', 'admin', 'editor']
