import type { SamlSettings } from '../../../identity-providers/provider-settings.ts'
import { SignInRefusal } from '../../../identity-providers/sign-in-refusal.ts'
import { ASSERTION, BEARER, EMAIL_NAME, PERSISTENT } from './names.ts'
import { attributeOf, childrenOf, onlyChildOf, textOf, type XmlElement } from './xml-document.ts'

/** What an assertion must say to be an answer to this login. */
export interface Expected {
  /** The provider's entity id. */
  readonly issuer: string
  /** Our own entity id. */
  readonly audience: string
  /** Where we take assertions. */
  readonly recipient: string
  /** The id of our request. */
  readonly requestId: string
  readonly now: Date
}

/** How far the provider's clock may be from ours. */
const CLOCK_SKEW_MS = 60_000
const MAX_SUBJECT_LENGTH = 500
const EMAIL_ATTRIBUTES = [
  'email',
  'mail',
  'emailAddress',
  'urn:oid:0.9.2342.19200300.100.1.3',
  'urn:oid:1.2.840.113549.1.9.1',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
]
const NAME_ATTRIBUTES = [
  'name',
  'displayName',
  'urn:oid:2.16.840.1.113730.3.1.241',
  'http://schemas.microsoft.com/identity/claims/displayname',
]
const GIVEN_NAME_ATTRIBUTES = [
  'givenName',
  'firstName',
  'urn:oid:2.5.4.42',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname',
]
const FAMILY_NAME_ATTRIBUTES = [
  'sn',
  'surname',
  'lastName',
  'urn:oid:2.5.4.4',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname',
]

/**
 * Throws `SignInRefusal` unless the assertion, whose signature has been checked, is by the provider, for us, sent to
 * us, in answer to our request, and of now. Answers until when it is.
 */
export function requireAnswer(assertion: XmlElement, expected: Expected): { readonly validUntil: Date } {
  if (textOf(onlyChildOf(assertion, ASSERTION, 'Issuer')) !== expected.issuer) throw new SignInRefusal('wrong_issuer')
  const conditions = onlyChildOf(assertion, ASSERTION, 'Conditions')
  if (conditions === null) throw new SignInRefusal('invalid_answer')
  requireAudience(conditions, expected.audience)
  requireTime(conditions, expected.now)
  const subject = onlyChildOf(assertion, ASSERTION, 'Subject')
  const confirmations = subject === null ? [] : childrenOf(subject, ASSERTION, 'SubjectConfirmation')
  const data = confirmations
    .filter((confirmation) => attributeOf(confirmation, 'Method') === BEARER)
    .map((confirmation) => onlyChildOf(confirmation, ASSERTION, 'SubjectConfirmationData'))
    .filter((element) => element !== null)
  const [confirmation, ...others] = data
  if (confirmation === undefined || others.length > 0) throw new SignInRefusal('invalid_answer')
  if (attributeOf(confirmation, 'Recipient') !== expected.recipient) throw new SignInRefusal('wrong_recipient')
  if (attributeOf(confirmation, 'InResponseTo') !== expected.requestId) throw new SignInRefusal('wrong_request')
  const validUntil = requireTime(confirmation, expected.now)
  if (validUntil === null) throw new SignInRefusal('invalid_answer')
  for (const statement of childrenOf(assertion, ASSERTION, 'AuthnStatement')) {
    const sessionEnd = readTime(statement, 'SessionNotOnOrAfter')
    if (sessionEnd !== null && sessionEnd.getTime() <= expected.now.getTime() - CLOCK_SKEW_MS) {
      throw new SignInRefusal('token_expired')
    }
  }
  return { validUntil: new Date(validUntil.getTime() + CLOCK_SKEW_MS) }
}

/** Throws unless what stands around the assertion, and need not be signed, does not contradict it. */
export function requireEnvelope(response: XmlElement, expected: Expected): void {
  const issuer = onlyChildOf(response, ASSERTION, 'Issuer')
  if (issuer !== null && textOf(issuer) !== expected.issuer) throw new SignInRefusal('wrong_issuer')
  const destination = attributeOf(response, 'Destination')
  if (destination !== null && destination !== expected.recipient) throw new SignInRefusal('wrong_recipient')
  const requestId = attributeOf(response, 'InResponseTo')
  if (requestId !== null && requestId !== expected.requestId) throw new SignInRefusal('wrong_request')
}

/** Who somebody is by an assertion that has been believed. Throws `subject_missing` without a lasting name. */
export function readSubject(assertion: XmlElement, settings: SamlSettings) {
  const attributes = readAttributes(assertion)
  const nameId = onlyChildOf(onlyChildOf(assertion, ASSERTION, 'Subject') ?? assertion, ASSERTION, 'NameID')
  const { emailAttribute } = settings
  const isEmailName = nameId !== null && attributeOf(nameId, 'Format') === EMAIL_NAME
  const given = firstOf(attributes, GIVEN_NAME_ATTRIBUTES)
  const family = firstOf(attributes, FAMILY_NAME_ATTRIBUTES)
  return {
    issuer: settings.issuer,
    subject: findSubject(nameId, attributes, settings),
    email:
      emailAttribute === null
        ? (firstOf(attributes, EMAIL_ATTRIBUTES) ?? (isEmailName ? textOf(nameId) : null))
        : firstOf(attributes, [emailAttribute]),
    name: firstOf(attributes, NAME_ATTRIBUTES) ?? [given, family].filter((part) => part !== null).join(' '),
    attributes,
  }
}

/** A value of an attribute is not told apart from a NameID that is spelt the same but for the name before it. */
function findSubject(
  nameId: XmlElement | null,
  attributes: ReadonlyMap<string, readonly string[]>,
  { issuer, subjectAttribute }: SamlSettings,
): string {
  if (subjectAttribute !== null) {
    const values = attributes.get(subjectAttribute) ?? []
    return requireSubject(values.length === 1 ? values[0] : undefined, `${subjectAttribute}=`)
  }
  if (nameId === null || attributeOf(nameId, 'Format') !== PERSISTENT) throw new SignInRefusal('subject_missing')
  const qualifier = attributeOf(nameId, 'NameQualifier') ?? issuer
  return requireSubject(textOf(nameId), qualifier === issuer ? '' : `${qualifier}!`)
}

function requireSubject(value: string | undefined, prefix: string): string {
  if (value === undefined || value === '') throw new SignInRefusal('subject_missing')
  const subject = `${prefix}${value}`
  // The store takes neither NUL nor half characters, and a name that is cut would be somebody else's.
  const isStorable = subject.length <= MAX_SUBJECT_LENGTH && subject.isWellFormed() && !/\p{Cc}/u.test(subject)
  if (!isStorable) throw new SignInRefusal('invalid_answer')
  return subject
}

/** The texts of every attribute, by its name; one that occurs twice has the values of both. */
function readAttributes(assertion: XmlElement): Map<string, string[]> {
  const attributes = new Map<string, string[]>()
  for (const statement of childrenOf(assertion, ASSERTION, 'AttributeStatement')) {
    for (const attribute of childrenOf(statement, ASSERTION, 'Attribute')) {
      const name = attributeOf(attribute, 'Name')
      if (name === null) continue
      const values = childrenOf(attribute, ASSERTION, 'AttributeValue').map(textOf)
      attributes.set(name, [...(attributes.get(name) ?? []), ...values])
    }
  }
  return attributes
}

function firstOf(attributes: ReadonlyMap<string, readonly string[]>, names: readonly string[]): string | null {
  for (const name of names) {
    const value = attributes.get(name)?.find((text) => text !== '')
    if (value !== undefined) return value
  }
  return null
}

/** Every restriction must name us; one of them at least must be there. */
function requireAudience(conditions: XmlElement, audience: string): void {
  const restrictions = childrenOf(conditions, ASSERTION, 'AudienceRestriction')
  const isForUs = restrictions.every((restriction) =>
    childrenOf(restriction, ASSERTION, 'Audience').some((element) => textOf(element) === audience),
  )
  if (restrictions.length === 0 || !isForUs) throw new SignInRefusal('wrong_audience')
}

/** Throws `token_early` before NotBefore and `token_expired` from NotOnOrAfter on; answers the latter, null without one. */
function requireTime(element: XmlElement, now: Date): Date | null {
  const notBefore = readTime(element, 'NotBefore')
  const notOnOrAfter = readTime(element, 'NotOnOrAfter')
  const isEarly = notBefore !== null && now.getTime() + CLOCK_SKEW_MS < notBefore.getTime()
  const isLate = notOnOrAfter !== null && now.getTime() - CLOCK_SKEW_MS >= notOnOrAfter.getTime()
  if (isEarly) throw new SignInRefusal('token_early')
  if (isLate) throw new SignInRefusal('token_expired')
  return notOnOrAfter
}

function readTime(element: XmlElement, name: string): Date | null {
  const text = attributeOf(element, name)
  if (text === null) return null
  const time = new Date(text)
  if (!/^\d{4}-\d\d-\d\dT.*Z$/.test(text) || Number.isNaN(time.getTime())) throw new SignInRefusal('invalid_answer')
  return time
}
