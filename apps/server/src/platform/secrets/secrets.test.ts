import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KeyRing, keyIdOf } from './key-ring.ts'
import { openKeySource } from './key-sources/index.ts'
import { type MasterKey, parseMasterKey, parseMasterKeys } from './master-key.ts'
import { createPublicMapToken, readPublicMapToken } from './public-map-token.ts'
import { SEALED_COLUMNS } from './sealed-columns.ts'
import { Secret } from './secret.ts'
import { SecretBox } from './secret-box.ts'

const CONTEXT = SEALED_COLUMNS.connectionSecrets.in('1')

function keyOf(hexDigit: string): MasterKey {
  const key = parseMasterKey(hexDigit.repeat(64))
  if (key === null) throw new Error('not a key')
  return key
}

function boxWith(hexDigit: string): SecretBox {
  return SecretBox.ofOneKey(keyOf(hexDigit))
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
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, id) => {
        const context = SEALED_COLUMNS.connectionSecrets.in(id)
        const sealed = box.seal(text, context)
        expect(box.open(sealed, context)).toBe(text)
        expect(box.seal(text, context)).not.toBe(sealed)
      }),
      { numRuns: 50 },
    )
  })

  test('does not open under another context, so a row’s secret cannot be moved to another row', () => {
    expect(() => box.open(box.seal('hunter2', CONTEXT), SEALED_COLUMNS.connectionSecrets.in('2'))).toThrow()
  })

  test('does not open after any part of it was changed', () => {
    const sealed = box.seal('hunter2', CONTEXT)
    for (let index = sealed.indexOf('.', 4) + 1; index < sealed.length; index += 7) {
      if (sealed[index] === '.') continue
      const changed = sealed.slice(0, index) + (sealed[index] === 'A' ? 'B' : 'A') + sealed.slice(index + 1)
      expect(() => box.open(changed, CONTEXT)).toThrow()
    }
  })

  test('names the key it needs when the server has another', () => {
    const sealed = box.seal('hunter2', CONTEXT)
    expect(() => boxWith('b').open(sealed, CONTEXT)).toThrow(
      `sealed with the key ${box.keyId}, but the server has the key ${boxWith('b').keyId}`,
    )
  })
})

describe('signatures', () => {
  const box = boxWith('a')

  test('hold for their text and purpose only', () => {
    const signature = box.sign('map-query', 'text')
    expect(box.verify('map-query', 'text', signature)).toBe(true)
    expect(box.verify('map-query', 'texts', signature)).toBe(false)
    expect(box.verify('public-map', 'text', signature)).toBe(false)
    expect(box.verify('map-query', 'text', '')).toBe(false)
    expect(boxWith('b').verify('map-query', 'text', signature)).toBe(false)
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

describe('a ring of keys', () => {
  test('opens with every key and seals with one, and says which it has when one is missing', () => {
    const [old, fresh] = [keyOf('a'), keyOf('b')]
    const ring = new KeyRing([fresh, old])
    const box = new SecretBox(ring)
    const byOld = boxWith('a').seal('hunter2', CONTEXT)
    expect(box.keyId).toBe(keyIdOf(fresh))
    expect(box.open(byOld, CONTEXT)).toBe('hunter2')
    expect(boxWith('b').open(box.seal('hunter2', CONTEXT), CONTEXT)).toBe('hunter2')
    ring.sealWith(keyIdOf(old))
    expect(box.seal('hunter2', CONTEXT).split('.')[1]).toBe(keyIdOf(old))
    expect(() => ring.sealWith('0123456789ab')).toThrow(/but the server has the keys \w{12}, \w{12}\.$/)
  })

  test('seals but never signs without the signing keys of its store', () => {
    expect(() => new SecretBox(new KeyRing([keyOf('a')])).sign('public-map', 'text')).toThrow('was not loaded')
  })
})

describe('the key in the home folder', () => {
  let home: string
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'graticule-home-'))
  })
  afterAll(() => rm(home, { recursive: true }))

  const sourceOf = (folder: string) => openKeySource(() => undefined, folder)
  const idsIn = async (folder: string) => (await sourceOf(folder).read()).map(keyIdOf)

  test('is made once, for its owner only, even when several starts race for it', async () => {
    const { editor } = sourceOf(home)
    expect(await idsIn(home)).toEqual([])
    await Promise.all(Array.from({ length: 8 }, () => editor?.addKey(true)))
    const keys = await sourceOf(home).read()
    expect(keys).toHaveLength(1)
    expect((await stat(join(home, 'secret.key'))).mode & 0o777).toBe(0o400)
    expect((await readFile(join(home, 'secret.key'), 'utf8')).trim()).toBe(keys[0]?.reveal().toString('hex'))
  })

  test('gets a fresh one before it, and goes when it is retired', async () => {
    const { editor } = sourceOf(home)
    const [first] = await idsIn(home)
    await editor?.addKey(false)
    const [second, third] = await idsIn(home)
    expect(third).toBe(first)
    await editor?.keepKeys((key) => keyIdOf(key) === second)
    expect(await idsIn(home)).toEqual([second])
    expect((await stat(join(home, 'secret.key'))).mode & 0o777).toBe(0o400)
    // Backups of the store may still need it.
    const retired = await readFile(join(home, 'secret.key.retired'), 'utf8')
    expect(parseMasterKeys(retired)?.map(keyIdOf)).toEqual([first])
    expect((await stat(join(home, 'secret.key.retired'))).mode & 0o777).toBe(0o400)
    expect(await readdir(home)).toEqual(['secret.key', 'secret.key.retired'])
    await expect(editor?.keepKeys(() => false)).rejects.toThrow('without a key')
    expect(await idsIn(home)).toEqual([second])
  })

  test('is refused with a sentence when others can read it', async () => {
    const path = join(home, 'secret.key')
    for (const [mode, isRefused] of [
      [0o440, true],
      [0o404, true],
      [0o644, true],
      [0o600, false],
      [0o400, false],
    ] as const) {
      await chmod(path, mode)
      const reading = sourceOf(home).read()
      if (isRefused) await expect(reading).rejects.toThrow(/^Others than its owner can reach the key file .*chmod 400/)
      else await expect(reading).resolves.toHaveLength(1)
    }
  })

  test('is refused with a sentence when it is damaged', async () => {
    const broken = await mkdtemp(join(tmpdir(), 'graticule-home-'))
    await writeFile(join(broken, 'secret.key'), 'half a key', { mode: 0o400 })
    await expect(sourceOf(broken).read()).rejects.toThrow('does not hold a key')
    await rm(broken, { recursive: true })
  })
})
