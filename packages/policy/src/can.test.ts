import { AppError } from '@graticule/contract'
import { describe, expect, test } from 'vitest'
import type { Action } from './actions.ts'
import type { Asset } from './assets.ts'
import { authorize, can } from './can.ts'
import { ASSETS, POLICY_CASES, PRINCIPALS } from './policy-cases.ts'
import type { Principal } from './principal.ts'

describe('each case of the policy', () => {
  test.each(POLICY_CASES)('$who, $action, $on: $allowed', ({ who, action, on, allowed }) => {
    const decision = can(PRINCIPALS[who], action, on === undefined ? undefined : ASSETS[on])
    expect(decision.allowed).toBe(allowed)
    expect(decision.reason).toMatch(/^[A-Z].*\.$/)
    expect(decision.rule).not.toBe('')
  })
})

test('what one may not know of answers 404, what one may only look at 403, and a visitor is asked to sign in', () => {
  const codeOf = (principal: Principal, action: Action, asset?: Asset): string => {
    try {
      authorize(principal, action, asset)
      return 'allowed'
    } catch (error) {
      return error instanceof AppError ? error.code : String(error)
    }
  }
  expect(codeOf(PRINCIPALS.ed, 'map.update', ASSETS['private map of eve'])).toBe('not_found')
  expect(codeOf(PRINCIPALS.ed, 'map.update', ASSETS['shared map of eve'])).toBe('forbidden')
  expect(codeOf(PRINCIPALS.anonymous, 'map.update', ASSETS['public map of eve'])).toBe('unauthenticated')
  expect(codeOf(PRINCIPALS.anonymous, 'map.create')).toBe('unauthenticated')
  expect(codeOf(PRINCIPALS.eve, 'map.update', ASSETS['private map of eve'])).toBe('allowed')
})

test('an action about an asset cannot be decided without one of its kind', () => {
  expect(() => can(PRINCIPALS.eve, 'map.read')).toThrow(TypeError)
  expect(() => can(PRINCIPALS.eve, 'map.read', ASSETS['token of eve'])).toThrow(TypeError)
})
