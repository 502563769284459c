/** The addresses in a text that a person typed or pasted: on lines, or separated by commas, semicolons or spaces. */
export function splitAddresses(text: string): string[] {
  return text.split(/[\s,;]+/).filter((address) => address !== '')
}
