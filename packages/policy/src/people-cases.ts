import type { Role } from '@graticule/contract'

/** A change of role by a strong enough person, somebody else's, with a good receiver and other admins left. */
interface TransitionCase {
  readonly by: Role
  readonly from: Role
  readonly to: Role
  /** The rule that decides; it is allowed when this is `role-change.direct`. */
  readonly rule: string
}

const direct = 'role-change.direct'
const editorFirst = 'role-change.through-editor'
const adminFirst = 'role-change.through-admin'
const refused = 'role-change.refused'
const superadminOnly = 'role-change.superadmin'

/** Every role to every other, as an admin and as a superadmin. */
export const TRANSITION_CASES: readonly TransitionCase[] = [
  ...both('guest', 'viewer', direct),
  ...both('guest', 'editor', direct),
  ...both('guest', 'admin', editorFirst),
  ...both('guest', 'superadmin', refused),
  ...both('viewer', 'guest', direct),
  ...both('viewer', 'editor', direct),
  ...both('viewer', 'admin', editorFirst),
  ...both('viewer', 'superadmin', refused),
  ...both('editor', 'guest', direct),
  ...both('editor', 'viewer', direct),
  ...both('editor', 'admin', direct),
  ...both('editor', 'superadmin', refused),
  ...both('admin', 'guest', editorFirst),
  ...both('admin', 'viewer', editorFirst),
  ...both('admin', 'editor', direct),
  { by: 'admin', from: 'admin', to: 'superadmin', rule: superadminOnly },
  { by: 'superadmin', from: 'admin', to: 'superadmin', rule: direct },
  ...both('superadmin', 'guest', adminFirst),
  ...both('superadmin', 'viewer', adminFirst),
  ...both('superadmin', 'editor', adminFirst),
  { by: 'admin', from: 'superadmin', to: 'admin', rule: superadminOnly },
  { by: 'superadmin', from: 'superadmin', to: 'admin', rule: direct },
]

function both(from: Role, to: Role, rule: string): TransitionCase[] {
  return [
    { by: 'admin', from, to, rule },
    { by: 'superadmin', from, to, rule },
  ]
}

/** Somebody other than the one who decides, and the receiver that is named for what they own. */
interface ReceiverCase {
  readonly receiver:
    | {
        readonly id?: string
        readonly organizationId?: string
        readonly role?: Role
        readonly isActive?: boolean
      }
    | 'unknown'
    | null
  readonly ownsAssets: boolean
  /** The end of the rule that refuses; null when it is allowed. */
  readonly refusedBy: string | null
}

/** An editor who is deleted or made a viewer or guest, with each kind of receiver. */
export const RECEIVER_CASES: readonly ReceiverCase[] = [
  { receiver: null, ownsAssets: true, refusedBy: 'receiver.missing' },
  { receiver: 'unknown', ownsAssets: true, refusedBy: 'receiver.unknown' },
  { receiver: 'unknown', ownsAssets: false, refusedBy: 'receiver.unknown' },
  { receiver: null, ownsAssets: false, refusedBy: null },
  { receiver: { role: 'editor' }, ownsAssets: true, refusedBy: null },
  { receiver: { role: 'admin' }, ownsAssets: true, refusedBy: null },
  { receiver: { role: 'superadmin' }, ownsAssets: true, refusedBy: null },
  { receiver: { role: 'viewer' }, ownsAssets: true, refusedBy: 'receiver.role' },
  { receiver: { role: 'guest' }, ownsAssets: true, refusedBy: 'receiver.role' },
  { receiver: { role: 'viewer' }, ownsAssets: false, refusedBy: 'receiver.role' },
  { receiver: { isActive: false }, ownsAssets: true, refusedBy: 'receiver.inactive' },
  { receiver: { organizationId: 'ac_elsewher' }, ownsAssets: true, refusedBy: 'receiver.organization' },
  { receiver: { id: 'person' }, ownsAssets: true, refusedBy: 'receiver.same-person' },
]
