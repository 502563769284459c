import { AppError } from '@graticule/contract'
import { expect, test } from 'vitest'
import { readPicture } from './read-picture.ts'

const MAX_BYTES = 256 * 1024
const PNG = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10, 0])
const asDataUrl = (type: string, bytes: Buffer) => `data:${type};base64,${bytes.toString('base64')}`
const refusal = (act: () => unknown): string => {
  try {
    act()
    return 'accepted'
  } catch (error) {
    return error instanceof AppError ? error.message : String(error)
  }
}

test('a picture is what its first bytes say, not what it is called', () => {
  expect(readPicture(asDataUrl('image/png', PNG), MAX_BYTES)).toEqual({ type: 'image/png', bytes: PNG })
  const webp = Buffer.from('RIFF0000WEBPVP8 ')
  expect(readPicture(asDataUrl('image/webp', webp), MAX_BYTES).type).toBe('image/webp')
  const wrong = [
    asDataUrl('image/jpeg', PNG),
    asDataUrl('image/png', Buffer.from('<script>alert(1)</script>')),
    asDataUrl('image/svg+xml', Buffer.from('<svg/>')),
    'https://example.org/picture.png',
    'data:image/png;base64,',
    '',
  ]
  for (const text of wrong) expect(refusal(() => readPicture(text, MAX_BYTES))).toContain('PNG, JPEG or WebP')
})

test('a picture of the size limit is kept, one byte more is refused', () => {
  const sized = (length: number) => asDataUrl('image/png', Buffer.concat([PNG, Buffer.alloc(length - PNG.length)]))
  expect(readPicture(sized(MAX_BYTES), MAX_BYTES).bytes.length).toBe(MAX_BYTES)
  expect(refusal(() => readPicture(sized(MAX_BYTES + 1), MAX_BYTES))).toContain('256 KB')
})
