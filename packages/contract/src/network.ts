import { type Static, Type } from 'typebox'
import { PlanVersion } from './plan-version.ts'

// Where the server goes on the word of an organization's people: hosts of warehouses and of identity providers.

/** How many lines a list of hosts has at most. */
export const MAX_ALLOWED_HOSTS = 200

/** A host such as `db.example.org:5432` or `*.example.org`, or a network such as `10.20.0.0/16`. */
const HostLine = Type.String({ minLength: 1, maxLength: 270 })
/** Null: every host that the operator of the server leaves open. */
export const AllowedHosts = Type.Union([Type.Array(HostLine, { maxItems: MAX_ALLOWED_HOSTS }), Type.Null()])

/** The section of the settings document. */
export const NetworkSection = Type.Object({ allowedHosts: AllowedHosts }, { additionalProperties: false })
export type NetworkSection = Static<typeof NetworkSection>

export const OUTBOUND_PURPOSES = ['warehouse', 'identity-provider'] as const

/** A host that something of the organization needs, with what is decided about it at this moment. */
export const EgressHost = Type.Object({
  host: Type.String(),
  port: Type.Integer(),
  purpose: Type.Enum([...OUTBOUND_PURPOSES]),
  /** What needs it, by name. */
  usedBy: Type.Array(Type.String()),
  allowed: Type.Boolean(),
  reason: Type.String(),
})
export type EgressHost = Static<typeof EgressHost>

/** GET /workspace-api/organization/network */
export const NetworkSettings = Type.Object({
  /** Grows by one with each change; a PUT that names an older one is answered 409 `conflict`. */
  revision: Type.Integer(),
  allowedHosts: AllowedHosts,
  /** What the operator of the server leaves open to all organizations at most. */
  ceiling: Type.Object({
    /** Null: no list of the operator's. */
    outboundHosts: Type.Union([Type.Array(Type.String()), Type.Null()]),
    isPrivateOpen: Type.Boolean({ description: 'Whether warehouses may be in private networks.' }),
    isLoopbackOpen: Type.Boolean({ description: 'Whether warehouses may be on the machine of the server.' }),
  }),
  egress: Type.Array(EgressHost),
})
export type NetworkSettings = Static<typeof NetworkSettings>

/** POST …/network/plan */
export const NetworkPlanBody = Type.Object({ allowedHosts: AllowedHosts }, { additionalProperties: false })
export type NetworkPlanBody = Static<typeof NetworkPlanBody>

export const NetworkUpdateBody = Type.Object(
  { revision: Type.Integer({ minimum: 0 }), allowedHosts: AllowedHosts, planVersion: PlanVersion },
  { additionalProperties: false },
)
export type NetworkUpdateBody = Static<typeof NetworkUpdateBody>

/** POST …/network/try */
export const NetworkTryBody = Type.Object(
  {
    host: Type.String({ minLength: 1, maxLength: 270 }),
    port: Type.Integer({ minimum: 0, maximum: 65_535 }),
    purpose: Type.Enum([...OUTBOUND_PURPOSES]),
  },
  { additionalProperties: false },
)
export type NetworkTryBody = Static<typeof NetworkTryBody>

export const NetworkTrial = Type.Object({
  allowed: Type.Boolean(),
  /** Which rule decided, such as `outbound.loopback`. */
  rule: Type.String(),
  reason: Type.String(),
})
export type NetworkTrial = Static<typeof NetworkTrial>
