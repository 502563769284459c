import { AppError, MAX_THUMBNAIL_BYTES, THUMBNAIL_TYPES, type ThumbnailType } from '@graticule/contract'

/** A small picture of an application. */
export interface Thumbnail {
  readonly type: ThumbnailType
  readonly bytes: Buffer
}

const FORM = new RegExp(`^data:(${THUMBNAIL_TYPES.join('|')});base64,([A-Za-z0-9+/]+={0,2})$`)

/** How the bytes of each kind of picture begin. */
const SIGNATURES: Readonly<Record<ThumbnailType, (bytes: Buffer) => boolean>> = {
  'image/png': (bytes) => bytes.subarray(0, 8).equals(Buffer.from([137, 80, 78, 71, 13, 10, 26, 10])),
  'image/jpeg': (bytes) => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])),
  'image/webp': (bytes) =>
    bytes.subarray(0, 4).toString('latin1') === 'RIFF' && bytes.subarray(8, 12).toString('latin1') === 'WEBP',
}

/** The picture in a data URL; 400 when it is too large, of another kind, or not what it says it is. */
export function readThumbnail(dataUrl: string): Thumbnail {
  const match = FORM.exec(dataUrl)
  const type = THUMBNAIL_TYPES.find((candidate) => candidate === match?.[1])
  const bytes = Buffer.from(match?.[2] ?? '', 'base64')
  if (bytes.length > MAX_THUMBNAIL_BYTES) {
    throw new AppError('invalid_request', 'The picture has more than 256 KB. Make it smaller.')
  }
  if (type === undefined || !SIGNATURES[type](bytes)) {
    throw new AppError('invalid_request', 'The picture must be a PNG, JPEG or WebP, sent as a data URL.')
  }
  return { type, bytes }
}
