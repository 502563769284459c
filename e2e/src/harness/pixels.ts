import type { Locator, Page } from 'playwright-core'
import { PNG } from 'pngjs'

type Rgb = readonly [number, number, number]

/** A picture of what a person would see. */
export interface Picture {
  readonly width: number
  readonly height: number
  /** The share of pixels, from 0 to 1, for which `test` is true. */
  shareOf(test: (color: Rgb) => boolean): number
  /** The share of pixels that differ from another picture of the same size by more than `tolerance` in a channel. */
  differenceFrom(other: Picture, tolerance?: number): number
  /** Colours that cover at least `minimumShare` of the picture. */
  countColors(minimumShare: number): number
  readonly pixels: Uint8Array
}

/** Photographs a page or a part of one. */
export async function photograph(subject: Page | Locator): Promise<Picture> {
  return readPicture(await subject.screenshot({ animations: 'disabled' }))
}

/** Decodes a PNG. */
export function readPicture(png: Buffer): Picture {
  const { width, height, data } = PNG.sync.read(png)
  const total = width * height
  const share = (isCounted: (offset: number) => boolean): number => {
    let count = 0
    for (let offset = 0; offset < data.length; offset += 4) if (isCounted(offset)) count++
    return count / total
  }
  const colorAt = (offset: number): Rgb => [data[offset] ?? 0, data[offset + 1] ?? 0, data[offset + 2] ?? 0]
  return {
    width,
    height,
    pixels: data,
    shareOf: (test) => share((offset) => test(colorAt(offset))),
    differenceFrom: (other, tolerance = 8) => {
      if (other.width !== width || other.height !== height) return 1
      return share((offset) =>
        colorAt(offset).some((value, channel) => Math.abs(value - (other.pixels[offset + channel] ?? 0)) > tolerance),
      )
    },
    countColors: (minimumShare) => {
      const counts = new Map<number, number>()
      for (let offset = 0; offset < data.length; offset += 4) {
        const [red, green, blue] = colorAt(offset)
        const key = ((red >> 4) << 8) | ((green >> 4) << 4) | (blue >> 4)
        counts.set(key, (counts.get(key) ?? 0) + 1)
      }
      return [...counts.values()].filter((count) => count / total >= minimumShare).length
    },
  }
}

/** True for a colour that is near another one. */
export function isNear(color: Rgb, wanted: Rgb, tolerance = 40): boolean {
  return color.every((value, channel) => Math.abs(value - (wanted[channel] ?? 0)) <= tolerance)
}
