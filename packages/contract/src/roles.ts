import { Type } from 'typebox'

/** The five roles, strongest first. CARTO's API also says Builder for editor and Guest for guest viewer. */
export const ROLES = ['superadmin', 'admin', 'editor', 'viewer', 'guest'] as const
export type Role = (typeof ROLES)[number]
export const RoleSchema = Type.Enum([...ROLES])

/** Roles that may follow from a group; superadmins are made by superadmins alone. */
export const MAPPABLE_ROLES = ['admin', 'editor', 'viewer', 'guest'] as const
export type MappableRole = (typeof MAPPABLE_ROLES)[number]

/** How widely an asset is shared, as CARTO's `privacy` spells it on the wire. */
export const PRIVACIES = ['private', 'shared', 'public'] as const
export type Privacy = (typeof PRIVACIES)[number]
export const PrivacySchema = Type.Enum([...PRIVACIES])

/** The two ways of `shared`: with the whole organization, or with named groups and people; null for neither. */
export const SharingScopeSchema = Type.Union([Type.Enum(['organization', 'specific']), Type.Null()])
