/** Whether a text can be an e-mail address. Whether somebody reads it shows only when a mail arrives. */
export function isEmailAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s@<>(),;:"\\[\]]+@[^\s@<>(),;:"\\[\]]+$/.test(text)
}
