import { AppError, type IdentityProviderCreateBody, type IdentityProviderUpdateBody } from '@graticule/contract'
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

export type ProviderSettings = OidcSettings | SamlSettings

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
export type ProviderInput = OidcSettings | SamlInput

const OIDC_FIELDS = ['clientId', 'clientSecret'] as const
const SAML_FIELDS = [
  'metadata',
  'metadataUrl',
  'signInUrl',
  'certificates',
  'subjectAttribute',
  'emailAttribute',
] as const
const SAML_CHANGES = ['issuer', ...SAML_FIELDS] as const

/** What was entered about a new provider. */
export function readInput(body: IdentityProviderCreateBody): ProviderInput {
  if (body.kind === 'saml') {
    const { metadata, metadataUrl, issuer, signInUrl, certificates } = body
    const { subjectAttribute = null, emailAttribute = null } = body
    return { kind: 'saml', metadata, metadataUrl, issuer, signInUrl, certificates, subjectAttribute, emailAttribute }
  }
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
  const foreign = (settings.kind === 'oidc' ? SAML_FIELDS : OIDC_FIELDS).find((field) => changes[field] !== undefined)
  if (foreign !== undefined) {
    const protocol = settings.kind === 'oidc' ? 'OpenID Connect' : 'SAML'
    throw new AppError('invalid_request', `This provider speaks ${protocol}, which has no "${foreign}".`)
  }
  return settings.kind === 'oidc' ? changeOidc(settings, changes) : changeSaml(settings, changes)
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

/** Whether metadata that was read once more, or what was entered again, says what is known already. */
export function isUnchanged(before: ProviderSettings, after: ProviderSettings): boolean {
  if (before.kind === 'oidc' || after.kind === 'oidc') return false
  const listOf = ({ certificates, emailAttribute, issuer, signInUrl, subjectAttribute }: SamlSettings) =>
    JSON.stringify([issuer, signInUrl, [...certificates].sort(), subjectAttribute, emailAttribute])
  return listOf(before) === listOf(after)
}
