import {
  AppError,
  assertNever,
  type DIRECTORY_SECURITY,
  type IdentityProviderCreateBody,
  type IdentityProviderUpdateBody,
} from '@graticule/contract'
import { Secret } from '../../platform/secrets/secret.ts'

/** What it takes to talk to a provider that speaks OpenID Connect. */
export interface OidcSettings {
  readonly kind: 'oidc'
  readonly issuer: string
  readonly clientId: string
  /** Null for a public client. */
  readonly clientSecret: Secret | null
}

/** What is read from the assertions of a SAML provider. */
interface AssertionReading {
  /** The attribute that names a person for good; null: the persistent NameID. */
  readonly subjectAttribute: string | null
  /** The attribute that holds the e-mail; null: one of the usual names. */
  readonly emailAttribute: string | null
}

/** What it takes to send people to a SAML provider and to believe its assertions. */
export interface SamlSettings extends AssertionReading {
  readonly kind: 'saml'
  /** The provider's entity id. */
  readonly issuer: string
  /** Its single sign-on service of the HTTP-Redirect binding. */
  readonly signInUrl: string
  /** PEM texts; an assertion is believed that is signed with any of them. */
  readonly certificates: readonly string[]
}

/** What it takes to find people in a directory and to prove who they are. */
export interface LdapSettings {
  readonly kind: 'ldap'
  /** Under which people are known: the directory, however it is reached. */
  readonly issuer: string
  readonly url: string
  readonly security: (typeof DIRECTORY_SECURITY)[number]
  /** PEM; null: whom the server trusts anyway. */
  readonly certificateAuthority: string | null
  readonly bindDn: string
  readonly bindPassword: Secret
  readonly baseDn: string
  readonly userFilter: string
  readonly subjectAttribute: string
  readonly emailAttribute: string
  readonly nameAttribute: string
  readonly groupBaseDn: string | null
  readonly groupFilter: string | null
}

export type ProviderSettings = OidcSettings | SamlSettings | LdapSettings

/** SAML as it was entered: metadata, the address of metadata, or the settings one by one. */
export interface SamlInput extends AssertionReading {
  readonly kind: 'saml'
  readonly metadata?: string
  readonly metadataUrl?: string
  readonly issuer?: string
  readonly signInUrl?: string
  readonly certificates?: readonly string[]
}

/** What was entered about a provider, before it was looked up. */
export type ProviderInput = OidcSettings | SamlInput | LdapSettings

const OIDC_FIELDS = ['clientId', 'clientSecret'] as const
const SAML_FIELDS = [
  'metadata',
  'metadataUrl',
  'signInUrl',
  'certificates',
  'subjectAttribute',
  'emailAttribute',
] as const
const LDAP_FIELDS = [
  'url',
  'security',
  'certificateAuthority',
  'bindDn',
  'bindPassword',
  'baseDn',
  'userFilter',
  'subjectAttribute',
  'emailAttribute',
  'nameAttribute',
  'groupBaseDn',
  'groupFilter',
] as const
/** What each protocol has besides what all have. */
const FIELDS = {
  oidc: ['issuer', 'tokenPlaces', ...OIDC_FIELDS],
  saml: ['issuer', 'emailsVerified', ...SAML_FIELDS],
  ldap: ['emailsVerified', ...LDAP_FIELDS],
} as const satisfies Record<ProviderSettings['kind'], readonly (keyof IdentityProviderUpdateBody)[]>
const PROTOCOLS = { oidc: 'OpenID Connect', saml: 'SAML', ldap: 'LDAP' } as const
const SAML_CHANGES = ['issuer', ...SAML_FIELDS] as const

/** What was entered about a new provider. */
export function readInput(body: IdentityProviderCreateBody): ProviderInput {
  if (body.kind === 'saml') {
    const { metadata, metadataUrl, issuer, signInUrl, certificates } = body
    const { subjectAttribute = null, emailAttribute = null } = body
    return { kind: 'saml', metadata, metadataUrl, issuer, signInUrl, certificates, subjectAttribute, emailAttribute }
  }
  if (body.kind === 'ldap') return readDirectory(body)
  return {
    kind: 'oidc',
    issuer: body.issuer.trim(),
    clientId: body.clientId.trim(),
    clientSecret: body.clientSecret ? new Secret(body.clientSecret) : null,
  }
}

/**
 * The settings as they are to be after the changes; null when they stay as they are. Throws `invalid_request` for what
 * the provider's protocol does not have.
 */
export function changeInput(settings: ProviderSettings, changes: IdentityProviderUpdateBody): ProviderInput | null {
  const own: readonly string[] = FIELDS[settings.kind]
  const foreign = Object.values(FIELDS)
    .flat()
    .find((field) => changes[field] !== undefined && !own.includes(field))
  if (foreign !== undefined) {
    throw new AppError(
      'invalid_request',
      `This provider speaks ${PROTOCOLS[settings.kind]}, which has no "${foreign}".`,
    )
  }
  switch (settings.kind) {
    case 'oidc':
      return changeOidc(settings, changes)
    case 'saml':
      return changeSaml(settings, changes)
    case 'ldap':
      return changeDirectory(settings, changes)
    default:
      return assertNever(settings)
  }
}

function readDirectory(body: Extract<IdentityProviderCreateBody, { kind: 'ldap' }>): LdapSettings {
  return {
    kind: 'ldap',
    issuer: body.url.trim(),
    url: body.url.trim(),
    security: body.security,
    certificateAuthority: body.certificateAuthority,
    bindDn: body.bindDn.trim(),
    bindPassword: new Secret(body.bindPassword),
    baseDn: body.baseDn.trim(),
    userFilter: body.userFilter.trim(),
    subjectAttribute: body.subjectAttribute.trim(),
    emailAttribute: body.emailAttribute.trim(),
    nameAttribute: body.nameAttribute.trim(),
    groupBaseDn: body.groupBaseDn?.trim() ?? null,
    groupFilter: body.groupFilter?.trim() ?? null,
  }
}

function changeDirectory(settings: LdapSettings, changes: IdentityProviderUpdateBody): LdapSettings | null {
  const { bindPassword, emailAttribute, subjectAttribute, ...others } = changes
  const wanted: LdapSettings = {
    ...settings,
    ...Object.fromEntries(LDAP_FIELDS.flatMap((field) => pick(others, field))),
    subjectAttribute: subjectAttribute?.trim() ?? settings.subjectAttribute,
    emailAttribute: emailAttribute?.trim() ?? settings.emailAttribute,
  }
  const isSame = LDAP_FIELDS.every((field) => field === 'bindPassword' || wanted[field] === settings[field])
  if (isSame && bindPassword === undefined) return null
  // A password is told to nobody but the directory that it was entered for.
  const isElsewhere = ['url', 'security', 'certificateAuthority'].some(
    (field) => wanted[field as 'url'] !== settings[field as 'url'],
  )
  if (isElsewhere && bindPassword === undefined) {
    throw new AppError('invalid_request', 'Enter the password again when you change how the directory is reached.')
  }
  return { ...wanted, bindPassword: bindPassword === undefined ? settings.bindPassword : new Secret(bindPassword) }
}

/** A field of the changes as an entry, trimmed; none when it is left out. */
function pick(changes: object, field: string): [string, unknown][] {
  const value: unknown = (changes as Readonly<Record<string, unknown>>)[field]
  if (value === undefined) return []
  return [[field, typeof value === 'string' ? value.trim() : value]]
}

function changeOidc(settings: OidcSettings, changes: IdentityProviderUpdateBody): OidcSettings | null {
  const issuer = changes.issuer?.trim() ?? settings.issuer
  const clientId = changes.clientId?.trim() ?? settings.clientId
  const { clientSecret } = changes
  if (issuer === settings.issuer && clientId === settings.clientId && clientSecret === undefined) return null
  // A secret is told to nobody but the issuer that it was entered for.
  if (issuer !== settings.issuer && clientSecret === undefined && settings.clientSecret !== null) {
    throw new AppError('invalid_request', 'Enter the client secret again when you change the issuer.')
  }
  if (clientSecret === undefined) return { ...settings, issuer, clientId }
  return { ...settings, issuer, clientId, clientSecret: clientSecret === '' ? null : new Secret(clientSecret) }
}

function changeSaml(settings: SamlSettings, changes: IdentityProviderUpdateBody): SamlInput | null {
  const { metadata, metadataUrl } = changes
  const { subjectAttribute = settings.subjectAttribute, emailAttribute = settings.emailAttribute } = changes
  const reading = { subjectAttribute, emailAttribute }
  if (metadata !== undefined || metadataUrl !== undefined) {
    const { issuer, signInUrl, certificates } = changes
    return { kind: 'saml', metadata, metadataUrl, issuer, signInUrl, certificates, ...reading }
  }
  if (!SAML_CHANGES.some((field) => changes[field] !== undefined)) return null
  const { issuer = settings.issuer, signInUrl = settings.signInUrl, certificates = settings.certificates } = changes
  return { kind: 'saml', issuer, signInUrl, certificates, ...reading }
}

/** Whose refresh tokens these are: a client's at an issuer. They are told to no other. */
export function refreshClientOf({ clientId, issuer }: Pick<OidcSettings, 'clientId' | 'issuer'>): string {
  return JSON.stringify([issuer, clientId])
}

/** Whether metadata that was read once more, or what was entered again, says what is known already. */
export function isUnchanged(before: ProviderSettings, after: ProviderSettings): boolean {
  if (before.kind !== 'saml' || after.kind !== 'saml') return false
  const listOf = ({ certificates, emailAttribute, issuer, signInUrl, subjectAttribute }: SamlSettings) =>
    JSON.stringify([issuer, signInUrl, [...certificates].sort(), subjectAttribute, emailAttribute])
  return listOf(before) === listOf(after)
}

/** Whether these settings leave it with the same provider, and with the same of what it says taken for the e-mail. */
export function isSameSpeaker(before: ProviderSettings, after: ProviderSettings): boolean {
  if (before.kind === 'oidc' || after.kind === 'oidc') return before.issuer === after.issuer
  return before.issuer === after.issuer && before.emailAttribute === after.emailAttribute
}
