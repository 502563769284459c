import { MAX_MARKER_BYTES } from '@graticule/contract'

/** The sides that a marker is drawn at, in pixels: the larger one first. */
const SIDES = [128, 64]

/**
 * A picture file as a small square PNG in a data URL; null when it cannot be read. What an SVG could run or load is gone
 * by that: the browser draws it as a picture, and nothing else of it is sent.
 */
export async function readMarker(file: File): Promise<string | null> {
  const address = URL.createObjectURL(file)
  try {
    const picture = new Image()
    picture.src = address
    await picture.decode()
    for (const side of SIDES) {
      const url = drawSquare(picture, side)
      if (url !== null && url.length * 0.75 < MAX_MARKER_BYTES) return url
    }
    return null
  } catch {
    // Not a picture, or one that the browser does not let us read back.
    return null
  } finally {
    URL.revokeObjectURL(address)
  }
}

function drawSquare(picture: HTMLImageElement, side: number): string | null {
  const canvas = document.createElement('canvas')
  canvas.width = side
  canvas.height = side
  const context = canvas.getContext('2d')
  if (context === null) return null
  // An SVG need not say how large it is.
  const [width, height] = [picture.naturalWidth || side, picture.naturalHeight || side]
  const scale = side / Math.max(width, height)
  const [drawnWidth, drawnHeight] = [width * scale, height * scale]
  context.drawImage(picture, (side - drawnWidth) / 2, (side - drawnHeight) / 2, drawnWidth, drawnHeight)
  return canvas.toDataURL('image/png')
}
