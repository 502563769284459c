import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ACTIONS, type Action } from './actions.ts'
import type { Asset } from './assets.ts'
import { can } from './can.ts'
import { explain, type Flip } from './explain.ts'
import { EVERYTHING } from './grants.ts'
import type { Principal, TokenPrincipal } from './principal.ts'
import { randomWorlds } from './testing/random-organization.ts'
import { decideTokenUse } from './token-use.ts'

const actionsOn = (asset: Asset) =>
  (Object.keys(ACTIONS) as Action[]).filter((action) => ACTIONS[action].kind === asset.kind)

test('tokens, links and visitors are explained as it is decided, and each change that is named turns it round', () => {
  const seen = new Set<string>()
  fc.assert(
    fc.property(randomWorlds, ({ others, assets }) => {
      for (const program of others) {
        for (const asset of assets) {
          for (const action of actionsOn(asset)) {
            const { allowed, rule, reason, rules, flips } = explain(program, action, asset)
            expect({ allowed, rule, reason }).toEqual(can(program, action, asset))
            expect(rules[0]).toMatchObject({ effect: allowed ? 'grant' : 'deny', rule })
            for (const flip of flips) {
              seen.add(`${program.kind} ${flip.change}`)
              const changed = apply(flip, program, asset)
              expect(can(changed.program, action, changed.asset).allowed).toBe(!allowed)
            }
          }
        }
      }
    }),
    { numRuns: 300 },
  )
  for (const change of ['token grant', 'token api', 'anonymous audience', 'anonymous password']) {
    expect(seen).toContain(change)
  }
}, 120_000)

function apply(flip: Flip, program: Principal, asset: Asset): { program: Principal; asset: Asset } {
  if (flip.change === 'audience' && asset.kind === 'map') {
    return { program, asset: { ...asset, audience: { ...asset.audience, public: flip.to } } }
  }
  if (flip.change === 'password' && asset.kind === 'map') return { program, asset: { ...asset, isLocked: flip.to } }
  if (program.kind !== 'token' || asset.kind !== 'connection') throw new Error(`Nothing to change by ${flip.change}.`)
  return { program: applyToToken(flip, program, asset.names), asset }
}

function applyToToken(flip: Flip, token: TokenPrincipal, names: readonly string[]): TokenPrincipal {
  if (flip.change === 'api') {
    const others = token.allowedApis.filter((api) => api !== flip.api)
    return { ...token, allowedApis: flip.to ? [...others, flip.api] : others }
  }
  if (flip.change !== 'grant') throw new Error(`Tokens have no ${flip.change}.`)
  const others = token.grants.filter((grant) => !names.includes(grant.connection_name))
  const [name = ''] = names
  return { ...token, grants: flip.to ? [...others, { connection_name: name, source: EVERYTHING }] : others }
}

test('a token counts until it ends, and for pages of its referers', () => {
  const now = new Date('2026-11-30T12:00:00Z')
  const endless = { referers: [], expiresAt: null }
  expect(decideTokenUse(endless, now, null).allowed).toBe(true)
  expect(decideTokenUse({ ...endless, expiresAt: now }, now, null)).toMatchObject({ rule: 'token.expired' })
  expect(decideTokenUse({ ...endless, expiresAt: new Date(now.getTime() + 1) }, now, null).allowed).toBe(true)
  const sited = { referers: ['https://app.example/'], expiresAt: null }
  expect(decideTokenUse(sited, now, 'https://app.example/deep?x=1').allowed).toBe(true)
  expect(decideTokenUse(sited, now, null)).toMatchObject({ rule: 'referer' })
  expect(decideTokenUse(sited, now, 'https://app.example.evil.example/')).toMatchObject({ rule: 'referer' })
  // Where it would be used is not asked about.
  expect(decideTokenUse(sited, now, undefined).allowed).toBe(true)
})
