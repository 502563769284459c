import { createHash } from 'node:crypto'
import { AppError, MARKER_PIXELS, MAX_MARKER_BYTES } from '@graticule/contract'
import { measurePicture } from '../../platform/pictures/measure-picture.ts'
import { readPicture } from '../../platform/pictures/read-picture.ts'

/** The picture of a marker under the name that its content gives it. It is a PNG, which holds nothing that runs or loads. */
export interface MarkerImage {
  readonly digest: string
  readonly bytes: Buffer
}

/** The marker in a data URL; 400 unless it is a square PNG of the right size, by what it holds. */
export function readMarker(dataUrl: string): MarkerImage {
  const picture = readPicture(dataUrl, MAX_MARKER_BYTES)
  const size = picture.type === 'image/png' ? measurePicture(picture) : null
  if (size === null) throw new AppError('invalid_request', 'A marker must be a PNG; save the picture again as one.')
  const { width, height } = size
  if (width !== height || width < MARKER_PIXELS.min || width > MARKER_PIXELS.max) {
    throw new AppError(
      'invalid_request',
      `The marker has ${width} × ${height} pixels; it must be square, with ${MARKER_PIXELS.min} to ${MARKER_PIXELS.max} a side.`,
    )
  }
  return { digest: digestOf(picture.bytes), bytes: picture.bytes }
}

/** The name of a picture that is named, or comes along as a data URL of any kind. */
export function digestOfMarker(image: string): string {
  const data = /^data:[^,]*,(.*)$/s.exec(image)?.[1]
  return data === undefined ? image : digestOf(Buffer.from(data, 'base64'))
}

/** Where the picture of a marker is, on this server. */
export function markerPath(organizationId: string, digest: string): string {
  return `/markers/${organizationId}/${digest}`
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
