import type { Decision } from './can.ts'

/** The policies that say where somebody may come from. */
export const ADDRESS_POLICIES = ['people.addresses', 'tokens.addresses'] as const
export type AddressPolicyId = (typeof ADDRESS_POLICIES)[number]

const WAY_OUT: Readonly<Record<AddressPolicyId, (address: string) => string>> = {
  'people.addresses': (address) =>
    `You come from ${address}, and people of this organization come from its own networks only; use one of these, or ask an admin to add yours in Settings → Governance.`,
  'tokens.addresses': (address) =>
    `This request comes from ${address}, and API tokens of this organization are used from its own networks only; send it from one of these, or ask an admin to add yours in Settings → Governance.`,
}

/**
 * Whether a session or a token counts for a request from this address. `isInside` says whether it is in one of the
 * networks that the policy names; whoever asks has looked, because reading addresses is no matter of rules.
 */
export function decideAddress(policy: AddressPolicyId, address: string, isInside: boolean): Decision {
  const rule = `governance.${policy}` as const
  if (isInside) return { allowed: true, reason: 'The address is in a network that the organization names.', rule }
  return { allowed: false, reason: WAY_OUT[policy](address), rule }
}
