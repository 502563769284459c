import { expect, test } from 'vitest'
import { decideDomainClaim } from './domains.ts'

test('an organization may claim what is written like a domain', () => {
  for (const domain of ['example.org', 'maps.example.co.uk', 'xn--mnchen-3ya.de', 'a-b.io']) {
    expect(decideDomainClaim(domain).allowed, domain).toBe(true)
  }
  for (const domain of [
    '',
    'localhost',
    'example',
    '-a.org',
    'a-.org',
    'a..org',
    '.org',
    'a.org.',
    '10.0.0.1',
    'a b.org',
    `${'a'.repeat(64)}.org`,
  ]) {
    expect(decideDomainClaim(domain).rule, domain).toBe('domain-claim.form')
  }
})

test('nobody claims a domain at which anybody gets a mailbox', () => {
  for (const domain of ['gmail.com', 'outlook.com', 'gmx.de', 'icloud.com']) {
    expect(decideDomainClaim(domain)).toMatchObject({ allowed: false, rule: 'domain-claim.public' })
  }
  // A subdomain of one is not that one.
  expect(decideDomainClaim('maps.gmail.com').allowed).toBe(true)
})
