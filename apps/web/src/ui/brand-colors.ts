import type { MantineColorsTuple } from '@mantine/core'

/** How much of white or black each shade of an accent has; the eighth is the colour itself. */
const LIGHTER = [0.91, 0.8, 0.62, 0.46, 0.34, 0.22, 0.1] as const
const DARKER = [0.18, 0.36] as const

/** The ten shades of an accent from the one that is read on white. */
export function shadesOf(color: string): MantineColorsTuple {
  const [a, b, c, d, e, f, g] = LIGHTER.map((share) => mixColors(color, '#ffffff', share))
  const [h, i] = DARKER.map((share) => mixColors(color, '#000000', share))
  const all = [a, b, c, d, e, f, g, color, h, i].map((shade) => shade ?? color)
  return all as unknown as MantineColorsTuple
}

/** A colour with a share of another one. */
export function mixColors(color: string, other: string, share: number): string {
  const parts = [1, 3, 5].map((start) => {
    const [from, to] = [color, other].map((each) => Number.parseInt(each.slice(start, start + 2), 16))
    return Math.round((from ?? 0) * (1 - share) + (to ?? 0) * share)
      .toString(16)
      .padStart(2, '0')
  })
  return `#${parts.join('')}`
}
