import { EVENT_TYPES } from './event-types.ts'

/** Details that tell who a person is, whatever the event. */
const PERSONAL_DETAILS = new Set(['email', 'emails', 'ipAddress', 'userName', 'externalId'])
const EMAIL_ADDRESS = /[^\s@"<>]+@[^\s@"<>]+\.[^\s@"<>]+/

/** The details of an event, apart: what stays for good, and what tells of a person and must be erasable. */
export function separatePersonal(
  type: string,
  details: Readonly<Record<string, unknown>>,
): { readonly lasting: Record<string, unknown>; readonly personal: Record<string, unknown> } {
  const lasting: Record<string, unknown> = {}
  const personal: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(details)) {
    if (value === undefined) continue
    const isPersonal =
      PERSONAL_DETAILS.has(name) || EVENT_TYPES[type]?.personal?.includes(name) === true || holdsEmail(value)
    ;(isPersonal ? personal : lasting)[name] = value
  }
  return { lasting, personal }
}

/** Addresses turn up inside sentences and lists, too. */
function holdsEmail(value: unknown): boolean {
  if (typeof value === 'string') return EMAIL_ADDRESS.test(value)
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([name, member]) => holdsEmail(name) || holdsEmail(member))
}
