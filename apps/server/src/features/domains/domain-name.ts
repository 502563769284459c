import { domainToASCII } from 'node:url'
import { AppError } from '@graticule/contract'
import { decideDomainClaim } from '@graticule/policy'

/** What somebody typed, as DNS writes it. Throws `invalid_request` for what cannot be an organization's own domain. */
export function readDomain(text: string): string {
  const domain = domainToASCII(text.trim().replace(/^@/, '').toLowerCase())
  const decision = decideDomainClaim(domain)
  if (decision.allowed) return domain
  throw new AppError('invalid_request', decision.reason, { details: { rule: decision.rule } })
}

/** The domain of an e-mail address, as DNS writes it. */
export function emailDomain(email: string): string {
  return domainToASCII(email.slice(email.lastIndexOf('@') + 1).toLowerCase())
}

/** Where DNS is asked whether a domain is an organization's. */
export function challengeName(domain: string): string {
  return `_graticule.${domain}`
}
