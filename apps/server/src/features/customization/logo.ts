import { createHash } from 'node:crypto'
import { AppError, MAX_LOGO_BYTES, MIN_LOGO_PIXELS } from '@graticule/contract'
import { measurePicture } from '../../platform/pictures/measure-picture.ts'
import { type Picture, readPicture } from '../../platform/pictures/read-picture.ts'

/** A picture under the name that its content gives it. */
export type Logo = Picture & { readonly digest: string }

/** The logo in a data URL; 400 unless it is a square picture of the right size, by what it holds. */
export function readLogo(dataUrl: string): Logo {
  const picture = readPicture(dataUrl, MAX_LOGO_BYTES)
  const size = measurePicture(picture)
  if (size === null) {
    throw new AppError('invalid_request', 'The logo cannot be read as a picture; save it again as PNG, JPEG or WebP.')
  }
  const { width, height } = size
  if (width !== height || width < MIN_LOGO_PIXELS) {
    throw new AppError(
      'invalid_request',
      `The logo has ${width} × ${height} pixels; it must be square, ${MIN_LOGO_PIXELS} × ${MIN_LOGO_PIXELS} or more.`,
    )
  }
  return { ...picture, digest: digestOf(picture.bytes) }
}

/** The name of a picture that is named, or comes along as a data URL of any kind. */
export function digestOfLogo(logo: string): string {
  const data = /^data:[^,]*,(.*)$/s.exec(logo)?.[1]
  return data === undefined ? logo : digestOf(Buffer.from(data, 'base64'))
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
