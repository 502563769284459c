/** What is syntax in a filter, or not to be seen (RFC 4515). Other letters stand for themselves. */
const SPECIAL = /[\p{Cc}\\*()&|!=<>~]/gu

/** A value as a filter takes it, in which nothing is syntax. */
export function escapeFilterValue(value: string): string {
  return value.toWellFormed().replace(SPECIAL, (character) => {
    const code = character.charCodeAt(0)
    return code > 0x7f ? character : `\\${code.toString(16).padStart(2, '0')}`
  })
}

/** A filter in which a place stands for a value. */
export function fillFilter(template: string, place: string, value: string): string {
  return template.replaceAll(place, () => escapeFilterValue(value))
}

/** Whether a text is the name of an attribute, and so no syntax of a filter either. */
export function isAttributeName(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9-]*$/.test(text)
}
