import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CacheIdentity, CacheKeys, canonicalJson, tileKey } from './cache-key.ts'

const keys = new CacheKeys(Buffer.from('a key for tests only'))
const identity: fc.Arbitrary<CacheIdentity> = fc.record({
  organizationId: fc.string(),
  connectionId: fc.string(),
  databaseIdentity: fc.string(),
  credentialVersion: fc.nat(5),
  policyEpoch: fc.string(),
})
const statement = fc.record({ text: fc.string(), values: fc.array(fc.jsonValue(), { maxLength: 3 }) })

describe('keys of the answer cache', () => {
  it('never meet for two identities, or for one before and after its rights changed, whatever is asked', () => {
    fc.assert(
      fc.property(identity, identity, statement, fc.jsonValue(), (one, other, asked, definition) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other))
        expect(keys.statementKey(one, asked, 'json')).not.toBe(keys.statementKey(other, asked, 'json'))
        expect(keys.tilePrefix(one, definition)).not.toBe(keys.tilePrefix(other, definition))
      }),
    )
  })

  it('differ for two statements, even when text moves between the statement, its values and the format', () => {
    fc.assert(
      fc.property(identity, statement, statement, (who, one, other) => {
        fc.pre(canonicalJson(one) !== canonicalJson(other))
        expect(keys.statementKey(who, one, 'json')).not.toBe(keys.statementKey(who, other, 'json'))
      }),
    )
    const who = {
      organizationId: 'o',
      connectionId: 'c',
      databaseIdentity: 'd',
      credentialVersion: 1,
      policyEpoch: '1',
    }
    expect(keys.statementKey(who, { text: 'ab', values: [] }, 'c')).not.toBe(
      keys.statementKey(who, { text: 'b', values: [] }, 'ca'),
    )
    expect(keys.statementKey(who, { text: 'x', values: ['1'] }, 'json')).not.toBe(
      keys.statementKey(who, { text: 'x', values: [1] }, 'json'),
    )
  })

  it('are equal for equal questions, whatever the order of an object’s members', () => {
    fc.assert(
      fc.property(identity, fc.dictionary(fc.string(), fc.jsonValue()), (who, definition) => {
        const reversed = Object.fromEntries(Object.entries(definition).reverse())
        expect(keys.tilePrefix(who, definition)).toBe(keys.tilePrefix(who, reversed))
      }),
    )
  })

  it('differ for two tiles of one source', () => {
    expect(tileKey('p', 1, 11, 1)).not.toBe(tileKey('p', 11, 1, 1))
    expect(tileKey('p', 1, 1, 11)).not.toBe(tileKey('p', 1, 11, 1))
  })

  it('tell nothing without the server’s key', () => {
    const who = {
      organizationId: 'o',
      connectionId: 'c',
      databaseIdentity: 'd',
      credentialVersion: 1,
      policyEpoch: '1',
    }
    const asked = { text: 'SELECT 1', values: [] }
    const elsewhere = new CacheKeys(Buffer.from('another key'))
    expect(keys.statementKey(who, asked, 'json')).not.toBe(elsewhere.statementKey(who, asked, 'json'))
    expect(keys.statementKey(who, asked, 'json')).not.toContain('SELECT')
  })
})
