import { MAX_THUMBNAIL_BYTES } from '@graticule/contract'

/** The size that pictures are made to fit, in pixels: twice that of a card. */
const WIDTH = 640
const HEIGHT = 360

/** A picture file as a small data URL: cut to the form of a card and drawn no larger than it; null when it cannot be read. */
export async function shrinkPicture(file: File): Promise<string | null> {
  const picture = await createImageBitmap(file).catch(() => null)
  if (picture === null) return null
  const canvas = document.createElement('canvas')
  canvas.width = WIDTH
  canvas.height = HEIGHT
  const scale = Math.max(WIDTH / picture.width, HEIGHT / picture.height)
  const [width, height] = [picture.width * scale, picture.height * scale]
  canvas.getContext('2d')?.drawImage(picture, (WIDTH - width) / 2, (HEIGHT - height) / 2, width, height)
  picture.close()
  for (const quality of [0.85, 0.6, 0.35]) {
    const url = canvas.toDataURL('image/webp', quality)
    if (url.length * 0.75 < MAX_THUMBNAIL_BYTES) return url
  }
  return null
}
