/** The ILIKE pattern of what has a text in it; the signs that mean something in patterns stand for themselves. */
export function containsText(text: string): string {
  return `%${text.replace(/[\\%_]/g, (special) => `\\${special}`)}%`
}
