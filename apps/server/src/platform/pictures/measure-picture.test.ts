import type { PictureType } from '@graticule/contract'
import { expect, test } from 'vitest'
import { createPng } from '../../testing/create-png.ts'
import { measurePicture } from './measure-picture.ts'
import { readPicture } from './read-picture.ts'

const fromHex = (type: PictureType, hex: string) => ({ type, bytes: Buffer.from(hex.replaceAll(' ', ''), 'hex') })
const webp = (chunk: string) => fromHex('image/webp', `52494646 00000000 57454250 ${chunk}`)

test('a picture of each kind says how large it is', () => {
  expect(measurePicture(readPicture(createPng(300, 256), 100_000))).toEqual({ width: 300, height: 256 })
  // A comment comes before the frame.
  const jpeg = fromHex('image/jpeg', 'ffd8 fffe 0004 4142 ff ffc2 0011 08 0100 012c 03 00')
  expect(measurePicture(jpeg)).toEqual({ width: 300, height: 256 })
  expect(measurePicture(webp('56503858 0a000000 00000000 2b0100 ff0000'))).toEqual({ width: 300, height: 256 })
  expect(measurePicture(webp('5650384c 00000000 2f 2bc13f00'))).toEqual({ width: 300, height: 256 })
  expect(measurePicture(webp('56503820 00000000 000000 9d012a 2c01 0001'))).toEqual({ width: 300, height: 256 })
})

test('a picture that ends too early, or has another order, has no size', () => {
  for (const hex of ['ffd8', 'ffd8 ffe0', 'ffd8 00ff', 'ffd8 fffe 0004 4142']) {
    expect(measurePicture(fromHex('image/jpeg', hex)), hex).toBeNull()
  }
  expect(measurePicture(fromHex('image/png', '89504e470d0a1a0a 0000000d'))).toBeNull()
  expect(measurePicture(webp('41425820 00000000'))).toBeNull()
})
