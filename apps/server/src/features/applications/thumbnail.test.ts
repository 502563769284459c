import { AppError, MAX_THUMBNAIL_BYTES } from '@graticule/contract'
import { expect, test } from 'vitest'
import { readApplicationAddress } from './application-address.ts'
import { readThumbnail } from './thumbnail.ts'

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
  expect(readThumbnail(asDataUrl('image/png', PNG))).toEqual({ type: 'image/png', bytes: PNG })
  const webp = Buffer.from('RIFF0000WEBPVP8 ')
  expect(readThumbnail(asDataUrl('image/webp', webp)).type).toBe('image/webp')
  const wrong = [
    asDataUrl('image/jpeg', PNG),
    asDataUrl('image/png', Buffer.from('<script>alert(1)</script>')),
    asDataUrl('image/svg+xml', Buffer.from('<svg/>')),
    'https://example.org/picture.png',
    'data:image/png;base64,',
    '',
  ]
  for (const text of wrong) expect(refusal(() => readThumbnail(text))).toContain('PNG, JPEG or WebP')
})

test('a picture of the size limit is kept, one byte more is refused', () => {
  const sized = (length: number) => asDataUrl('image/png', Buffer.concat([PNG, Buffer.alloc(length - PNG.length)]))
  expect(readThumbnail(sized(MAX_THUMBNAIL_BYTES)).bytes.length).toBe(MAX_THUMBNAIL_BYTES)
  expect(refusal(() => readThumbnail(sized(MAX_THUMBNAIL_BYTES + 1)))).toContain('256 KB')
})

test('an application has the address of a page, and no password in it', () => {
  expect(readApplicationAddress(' https://example.org/app?x=1#top ')).toBe('https://example.org/app?x=1#top')
  for (const text of ['javascript:alert(1)', 'data:text/html,hello', 'file:///etc/passwd', 'example.org', '//x.y']) {
    expect(refusal(() => readApplicationAddress(text))).toContain('https://')
  }
  expect(refusal(() => readApplicationAddress('https://ann:secret@example.org'))).toContain('password')
})
