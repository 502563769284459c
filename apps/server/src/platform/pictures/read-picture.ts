import { AppError, PICTURE_TYPES, type PictureType } from '@graticule/contract'

/** A picture that a browser draws and that cannot hold a script. */
export interface Picture {
  readonly type: PictureType
  readonly bytes: Buffer
}

const FORM = new RegExp(`^data:(${PICTURE_TYPES.join('|')});base64,([A-Za-z0-9+/]+={0,2})$`)

/** How the bytes of each kind of picture begin. */
const SIGNATURES: Readonly<Record<PictureType, (bytes: Buffer) => boolean>> = {
  'image/png': (bytes) => bytes.subarray(0, 8).equals(Buffer.from([137, 80, 78, 71, 13, 10, 26, 10])),
  'image/jpeg': (bytes) => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])),
  'image/webp': (bytes) =>
    bytes.subarray(0, 4).toString('latin1') === 'RIFF' && bytes.subarray(8, 12).toString('latin1') === 'WEBP',
}

/** The picture in a data URL; 400 when it is too large, of another kind, or not what it says it is. */
export function readPicture(dataUrl: string, maxBytes: number): Picture {
  const match = FORM.exec(dataUrl)
  const type = PICTURE_TYPES.find((candidate) => candidate === match?.[1])
  const bytes = Buffer.from(match?.[2] ?? '', 'base64')
  if (bytes.length > maxBytes) {
    throw new AppError('invalid_request', `The picture has more than ${maxBytes / 1024} KB; make it smaller.`)
  }
  if (type === undefined || !SIGNATURES[type](bytes)) {
    throw new AppError('invalid_request', 'The picture must be a PNG, JPEG or WebP, sent as a data URL.')
  }
  return { type, bytes }
}
