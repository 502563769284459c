const COLOR = /^#?([0-9a-f]{6})$/i

/** The colours that somebody typed or pasted; null unless there are 2 to 20 and each is one. */
export function splitColors(text: string): string[] | null {
  const words = text.split(/[\s,;"'[\]]+/).filter((word) => word !== '')
  const colors = words.map((word) => COLOR.exec(word)?.[1]?.toLowerCase())
  if (colors.length < 2 || colors.length > 20 || colors.includes(undefined)) return null
  return colors.map((color) => `#${color}`)
}

export function joinColors(colors: readonly string[]): string {
  return colors.join(' ')
}
