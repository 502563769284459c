import { type Static, Type } from 'typebox'

// The domains that an organization has proved to be its own, and what follows for people with an e-mail there.

const Timestamp = Type.String({ format: 'date-time' })

/** A domain that the organization says is its own. It counts once it is verified. */
export const OrganizationDomain = Type.Object({
  id: Type.String(),
  domain: Type.String(),
  /** Null until it is verified; `operator` where whoever runs the installation has vouched for it. */
  verifiedBy: Type.Union([Type.Literal('dns'), Type.Literal('operator'), Type.Null()]),
  verifiedAt: Type.Union([Timestamp, Type.Null()]),
  /** Since when DNS does not confirm any more what it confirmed; meanwhile the domain does not count. */
  failingSince: Type.Union([Timestamp, Type.Null()]),
  /** The TXT record that verifies it. */
  record: Type.Object({ name: Type.String(), value: Type.String() }),
})
export type OrganizationDomain = Static<typeof OrganizationDomain>

/** GET /workspace-api/domains */
export const OrganizationDomainList = Type.Object({
  autoJoin: Type.Boolean({
    description: 'Whether people with an e-mail at a verified domain join without being asked in.',
  }),
  canMail: Type.Boolean({ description: 'Whether there is a mail server, without which nobody proves an e-mail.' }),
  domains: Type.Array(OrganizationDomain),
})
export type OrganizationDomainList = Static<typeof OrganizationDomainList>

export const DomainAddBody = Type.Object({ domain: Type.String({ minLength: 1, maxLength: 300 }) })
export const AutoJoinSettings = Type.Object({ autoJoin: Type.Boolean() })
export type AutoJoinSettings = Static<typeof AutoJoinSettings>
