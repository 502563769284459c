/**
 * The comment before a statement that tells a database administrator who asked, for what: `graticule user='…',map='…'`.
 * Values are percent-encoded, so none of them can end the comment.
 */
export function attributionComment(attribution: Readonly<Record<string, string>> | undefined): string {
  const entries = Object.entries(attribution ?? {})
  if (entries.length === 0) return ''
  const pairs = entries.map(([key, value]) => `${encode(key)}='${encode(value)}'`)
  return `/* graticule ${pairs.join(',')} */ `
}

const IS_PLAIN = /^[\w.-]*$/

function encode(text: string): string {
  // Nearly all values are ids; encoding them took a third of what a small statement costs us.
  if (IS_PLAIN.test(text)) return text
  return encodeURIComponent(text.toWellFormed()).replace(
    /['*()!~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
