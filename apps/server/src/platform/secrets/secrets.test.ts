import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadOrCreateMasterKey, parseMasterKey } from './master-key.ts'
import { createPublicMapToken, readPublicMapToken } from './public-map-token.ts'
import { Secret } from './secret.ts'
import { SecretBox } from './secret-box.ts'

function boxWith(hexDigit: string): SecretBox {
  const key = parseMasterKey(hexDigit.repeat(64))
  if (key === null) throw new Error('not a key')
  return new SecretBox(key)
}

describe('a secret', () => {
  const secret = new Secret('hunter2')
  const holder = { password: secret, list: [secret] }

  test('prints as [redacted] however it is printed', () => {
    const prints = [
      String(secret),
      `${secret}`,
      JSON.stringify(holder),
      inspect(holder, { depth: 9, showHidden: true }),
      new Error(`login failed with ${secret}`).message,
    ]
    for (const print of prints) {
      expect(print).toContain('[redacted]')
      expect(print).not.toContain('hunter2')
    }
    expect(Object.values(secret)).toEqual([])
  })

  test('gives its value to whoever asks for it by name', () => {
    expect(secret.reveal()).toBe('hunter2')
  })
})

describe('sealing', () => {
  const box = boxWith('a')

  test('opens to the same text, and no two sealings are alike', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, context) => {
        const sealed = box.seal(text, context)
        expect(box.open(sealed, context)).toBe(text)
        expect(box.seal(text, context)).not.toBe(sealed)
      }),
      { numRuns: 50 },
    )
  })

  test('does not open under another context, so a row’s secret cannot be moved to another row', () => {
    expect(() => box.open(box.seal('hunter2', 'connection:1'), 'connection:2')).toThrow()
  })

  test('does not open after any part of it was changed', () => {
    const sealed = box.seal('hunter2', 'context')
    for (let index = sealed.indexOf('.', 4) + 1; index < sealed.length; index += 7) {
      if (sealed[index] === '.') continue
      const changed = sealed.slice(0, index) + (sealed[index] === 'A' ? 'B' : 'A') + sealed.slice(index + 1)
      expect(() => box.open(changed, 'context')).toThrow()
    }
  })

  test('names the key it needs when the server has another', () => {
    const sealed = box.seal('hunter2', 'context')
    expect(() => boxWith('b').open(sealed, 'context')).toThrow(
      `sealed with the key ${box.keyId}, but the server has the key ${boxWith('b').keyId}`,
    )
  })
})

describe('signatures', () => {
  const box = boxWith('a')

  test('hold for their text and purpose only', () => {
    const signature = box.sign('handles', 'text')
    expect(box.verify('handles', 'text', signature)).toBe(true)
    expect(box.verify('handles', 'texts', signature)).toBe(false)
    expect(box.verify('other', 'text', signature)).toBe(false)
    expect(box.verify('handles', 'text', '')).toBe(false)
    expect(boxWith('b').verify('handles', 'text', signature)).toBe(false)
  })

  test('make a public map’s token that names its map and version and cannot be forged', () => {
    const token = createPublicMapToken(box, '3b63214e-d73c-4af1-88cc-7535a43f88e3', 3)
    expect(token).toMatch(/^gtm_/)
    expect(readPublicMapToken(box, token)).toEqual({ mapId: '3b63214e-d73c-4af1-88cc-7535a43f88e3', version: 3 })
    expect(readPublicMapToken(box, token.replace('.3.', '.4.'))).toBeNull()
    expect(readPublicMapToken(boxWith('b'), token)).toBeNull()
    expect(readPublicMapToken(box, 'gtm_nonsense')).toBeNull()
  })
})

describe('the key in the home folder', () => {
  let home: string
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'graticule-home-'))
  })
  afterAll(() => rm(home, { recursive: true }))

  test('is made once, for its owner only, even when several starts race for it', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => loadOrCreateMasterKey(home)))
    expect(new Set(keys.map((key) => key.reveal().toString('hex'))).size).toBe(1)
    expect((await stat(join(home, 'secret.key'))).mode & 0o777).toBe(0o400)
    expect((await readFile(join(home, 'secret.key'), 'utf8')).trim()).toBe(keys[0]?.reveal().toString('hex'))
  })

  test('is refused with a sentence when it is damaged', async () => {
    const broken = await mkdtemp(join(tmpdir(), 'graticule-home-'))
    await writeFile(join(broken, 'secret.key'), 'half a key')
    await expect(loadOrCreateMasterKey(broken)).rejects.toThrow('does not hold a key')
    await rm(broken, { recursive: true })
  })
})
