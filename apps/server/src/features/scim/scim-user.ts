import { ScimError } from './scim-error.ts'
import { isObject, type Resource } from './scim-patch.ts'

export const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const ENTERPRISE_SCHEMA = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** What is kept of a person as the directory wrote it and told back, without meaning anything here. */
const KEPT_ATTRIBUTES = [
  'displayName',
  'name',
  'nickName',
  'profileUrl',
  'title',
  'userType',
  'preferredLanguage',
  'locale',
  'timezone',
  'emails',
  'phoneNumbers',
  'addresses',
  ENTERPRISE_SCHEMA,
] as const

/** Every attribute that can be written. Passwords are not among them: they are neither used nor kept. */
export const USER_ATTRIBUTES: readonly string[] = ['userName', 'externalId', 'active', ...KEPT_ATTRIBUTES]

const MAX_ATTRIBUTES_BYTES = 32 * 1024

/** A person as a directory describes them. */
export interface ScimUserValues {
  readonly userName: string
  readonly externalId: string | null
  readonly active: boolean
  readonly email: string
  readonly name: string
  /** The kept attributes that were sent. */
  readonly attributes: Resource
}

/** Reads a person. Throws `invalidValue` with what is missing or wrong. */
export function readScimUser(sent: Resource): ScimUserValues {
  const resource = canonicalize(sent)
  const userName = readText(resource.userName, 'userName')
  if (userName === null) throw refuse('The attribute userName is required.')
  const attributes: Resource = {}
  for (const name of KEPT_ATTRIBUTES) {
    const value = resource[name]
    if (value !== undefined && value !== null) attributes[name] = value
  }
  if (Buffer.byteLength(JSON.stringify(attributes)) > MAX_ATTRIBUTES_BYTES) {
    throw refuse('The attributes of a person are larger than 32 kB.')
  }
  const email = readEmail(attributes.emails) ?? userName
  if (!/^[^\s\p{Cc}@]+@[^\s\p{Cc}@]+$/u.test(email)) {
    throw refuse('The person has no e-mail address: neither emails nor userName holds one.')
  }
  return {
    userName,
    externalId: readText(resource.externalId, 'externalId'),
    active: readActive(resource.active),
    email,
    name: readName(attributes, email),
    attributes,
  }
}

/** The attributes under the names that they have here, whatever the case that they were sent in. */
function canonicalize(sent: Resource): Resource {
  const resource: Resource = {}
  for (const [key, value] of Object.entries(sent)) {
    const name = USER_ATTRIBUTES.find((candidate) => candidate.toLowerCase() === key.toLowerCase())
    if (name !== undefined) resource[name] = value
  }
  return resource
}

function readText(value: unknown, name: string): string | null {
  if (value === undefined || value === null) return null
  if (typeof value !== 'string') throw refuse(`The attribute ${name} is a text.`)
  const text = value.trim()
  if (text.length > 254 || /\p{Cc}/u.test(text) || !text.isWellFormed()) {
    throw refuse(`The attribute ${name} is too long, or holds control characters.`)
  }
  return text === '' ? null : text
}

/** Entra writes the words. Somebody of whom nothing is said is active. */
function readActive(value: unknown): boolean {
  if (value === undefined || value === null) return true
  if (typeof value === 'boolean') return value
  const word = typeof value === 'string' ? value.toLowerCase() : ''
  if (word !== 'true' && word !== 'false') throw refuse('The attribute active is true or false.')
  return word === 'true'
}

/** The primary address, else that of work, else the first. */
function readEmail(emails: unknown): string | null {
  if (emails === undefined) return null
  if (!Array.isArray(emails) || !emails.every(isObject)) throw refuse('The attribute emails is a list of objects.')
  const isPrimary = ({ primary }: Resource) => String(primary).toLowerCase() === 'true'
  const chosen = emails.find(isPrimary) ?? emails.find(({ type }) => type === 'work') ?? emails[0]
  return readText(chosen?.value, 'emails')
}

function readName(attributes: Resource, email: string): string {
  const name = isObject(attributes.name) ? attributes.name : {}
  const parts = [name.givenName, name.familyName].map((part) => readText(part, 'name')).filter((part) => part !== null)
  const whole = readText(attributes.displayName, 'displayName') ?? readText(name.formatted, 'name.formatted')
  return (whole ?? (parts.join(' ') || email.slice(0, email.lastIndexOf('@')))).slice(0, 100)
}

function refuse(detail: string): ScimError {
  return new ScimError(400, detail, 'invalidValue')
}
