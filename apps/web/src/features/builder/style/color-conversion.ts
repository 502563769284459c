/** `#rrggbb` for the first three of 0–255. */
export function rgbToHex(color: readonly number[] | null | undefined): string {
  const parts = (color ?? [134, 141, 145]).slice(0, 3)
  return `#${parts.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`
}

/** Red, green and blue of `#rrggbb`; null for anything else. */
export function hexToRgb(hex: string): [number, number, number] | null {
  const match = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex.trim())
  if (!match) return null
  const [, red = '', green = '', blue = ''] = match
  return [Number.parseInt(red, 16), Number.parseInt(green, 16), Number.parseInt(blue, 16)]
}
