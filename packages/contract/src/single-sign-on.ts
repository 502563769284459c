import { type Static, Type } from 'typebox'
import { DEFAULT_ROLES } from './workspace.ts'

// Single sign-on: the identity providers of an organization, and why somebody could not come in through one.

const Timestamp = Type.String({ format: 'date-time' })

/** A host name of two or more labels, in lower or upper case, such as `example.org`. */
const Domain = Type.String({
  maxLength: 253,
  pattern: '^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z0-9][A-Za-z0-9-]{0,61}[A-Za-z0-9]$',
})

const writable = {
  /** Stands on the button of the sign-in page. */
  name: Type.String({ minLength: 1, maxLength: 60, pattern: '\\S' }),
  domains: Type.Array(Domain, {
    minItems: 1,
    maxItems: 100,
    description: 'Newcomers come in with an e-mail of one of these domains; who was here before comes in with any.',
  }),
  defaultRole: Type.Enum([...DEFAULT_ROLES], {
    description: 'The role of newcomers; that of the organization unless given.',
  }),
  /** Whether it is offered on the sign-in page. */
  enabled: Type.Boolean(),
}
const groupsClaim = Type.Union([Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }), Type.Null()], {
  description:
    'The claim (dots lead into objects) or SAML attribute that holds somebody’s groups. Null: the provider tells none.',
})
/** A host and a port, as a connection has them. */
const tokenPlaces = Type.Array(
  Type.String({ maxLength: 262, pattern: '^(?:[A-Za-z0-9_.-]+|\\[[0-9A-Fa-f:.]+\\]):[0-9]{1,5}$' }),
  {
    maxItems: 50,
    description:
      'Databases, each as host:port, to which the tokens of whoever signs in with this provider may be sent as their password; none: tokens are neither kept nor sent.',
  },
)
const emailsVerified = Type.Boolean({
  description:
    'An admin’s statement that nobody gets an e-mail there that is not theirs, so that newcomers take the invitation that waits for it. Such a provider has no way to say so itself.',
})
const issuer = Type.String({
  minLength: 1,
  maxLength: 500,
  description: 'As the provider spells it in its discovery document; for SAML its entity id.',
})
const clientId = Type.String({ minLength: 1, maxLength: 200 })
const clientSecret = Type.String({
  maxLength: 500,
  description: 'Never answered. Empty for a public client, which proves itself with PKCE alone.',
})

/** What is read from the assertions of a SAML provider. */
const assertionReading = {
  subjectAttribute: Type.Union([Type.String({ minLength: 1, maxLength: 200 }), Type.Null()], {
    description: 'The attribute whose value names a person for good; null: the NameID, which must be a persistent one.',
  }),
  emailAttribute: Type.Union([Type.String({ minLength: 1, maxLength: 200 }), Type.Null()], {
    description: 'The attribute that holds the e-mail; null: one of the usual names, or a NameID that is an e-mail.',
  }),
}
/** How a SAML provider is reached and believed: out of its metadata, or by hand. */
const samlSources = {
  metadata: Type.String({ minLength: 1, maxLength: 500_000, description: 'The XML of the provider’s metadata.' }),
  metadataUrl: Type.String({
    minLength: 1,
    maxLength: 2000,
    description: 'Where the server reads the metadata, once. Hosts inside its own network must be in INTERNAL_HOSTS.',
  }),
  signInUrl: Type.String({
    minLength: 1,
    maxLength: 2000,
    description: 'The single sign-on service of the HTTP-Redirect binding.',
  }),
  certificates: Type.Array(Type.String({ minLength: 1, maxLength: 20_000 }), {
    minItems: 1,
    maxItems: 10,
    description: 'Certificates that assertions may be signed with, as PEM or as base64.',
  }),
}

/** How the connection to a directory is encrypted. `none` only where the operator lists the host in INTERNAL_HOSTS. */
export const DIRECTORY_SECURITY = ['ldaps', 'starttls', 'none'] as const
const distinguishedName = Type.String({ minLength: 1, maxLength: 1000 })
const attributeName = Type.String({ minLength: 1, maxLength: 100 })
const directoryFilter = Type.String({ minLength: 1, maxLength: 2000 })
/** How a directory that speaks LDAP is reached and read. */
const directorySettings = {
  url: Type.String({ minLength: 1, maxLength: 500, description: 'Such as ldaps://directory.example.org.' }),
  security: Type.Enum([...DIRECTORY_SECURITY]),
  certificateAuthority: Type.Union([Type.String({ minLength: 1, maxLength: 20_000 }), Type.Null()], {
    description: 'Whoever issued the certificate of the directory, as PEM; null: whom the server trusts anyway.',
  }),
  bindDn: Type.String({ minLength: 1, maxLength: 1000, description: 'The login with which people are looked for.' }),
  baseDn: distinguishedName,
  userFilter: Type.String({
    minLength: 1,
    maxLength: 2000,
    description: 'Finds the person, such as (uid={login}); {login} stands for what they enter.',
  }),
  subjectAttribute: Type.String({
    minLength: 1,
    maxLength: 100,
    description: 'Names a person for good: entryUUID, or objectGUID of Active Directory.',
  }),
  emailAttribute: attributeName,
  nameAttribute: attributeName,
  groupBaseDn: Type.Union([distinguishedName, Type.Null()], {
    description: 'Where groups are looked for; null: where people are.',
  }),
  groupFilter: Type.Union([directoryFilter, Type.Null()], {
    description: 'Finds somebody’s groups, such as (member={dn}); null: groupsClaim names their attribute, if any.',
  }),
}
const bindPassword = Type.String({ minLength: 1, maxLength: 500, description: 'Never answered.' })

const summary = {
  id: Type.String(),
  ...writable,
  groupsClaim,
  issuer,
  /** When an admin last signed in through it as a test with these very settings; null if nobody has. */
  testedAt: Type.Union([Timestamp, Type.Null()]),
  createdAt: Timestamp,
  updatedAt: Timestamp,
}

/** One that speaks OpenID Connect, without its secret. */
const OidcProviderSummary = Type.Object({
  kind: Type.Literal('oidc'),
  ...summary,
  clientId,
  hasClientSecret: Type.Boolean(),
  tokenPlaces,
})

/** One that speaks SAML 2.0. */
const SamlProviderSummary = Type.Object({
  kind: Type.Literal('saml'),
  ...summary,
  emailsVerified,
  signInUrl: Type.String(),
  certificates: Type.Array(
    Type.Object({
      pem: Type.String(),
      fingerprint: Type.String({ description: 'SHA-256, in hexadecimal with colons.' }),
      validUntil: Timestamp,
    }),
  ),
  ...assertionReading,
})

/** A directory that speaks LDAP, without the password of its login. */
const LdapProviderSummary = Type.Object({
  kind: Type.Literal('ldap'),
  ...summary,
  emailsVerified,
  ...directorySettings,
})

/** GET /workspace-api/identity-providers: one of them. */
export const IdentityProviderSummary = Type.Union([OidcProviderSummary, SamlProviderSummary, LdapProviderSummary])
export type IdentityProviderSummary = Static<typeof IdentityProviderSummary>

/** Whether a password is still enough. */
export const SsoEnforcement = Type.Object({
  enforced: Type.Boolean(),
  /** Guests may be exempt, who often are of no identity provider. */
  guestsExempt: Type.Boolean(),
  /** The admin who gets in with a password when the identity provider is down. */
  breakGlassUserId: Type.Union([Type.String(), Type.Null()]),
})
export type SsoEnforcement = Static<typeof SsoEnforcement>

export const IdentityProviderList = Type.Object({
  providers: Type.Array(IdentityProviderSummary),
  /** To be registered with each provider: where it sends people after signing in, and after signing out. */
  redirectUri: Type.String(),
  signedOutUri: Type.String(),
  /** Where it may tell that somebody signed out there (OpenID Connect Back-Channel Logout). */
  backChannelLogoutUri: Type.String(),
  /** For SAML: who we are, where assertions are posted to, and where our metadata says both. */
  saml: Type.Object({
    entityId: Type.String(),
    assertionConsumerUri: Type.String(),
    metadataUri: Type.String(),
  }),
  enforcement: SsoEnforcement,
})
export type IdentityProviderList = Static<typeof IdentityProviderList>

const creatable = {
  name: writable.name,
  domains: writable.domains,
  defaultRole: Type.Optional(writable.defaultRole),
  groupsClaim: Type.Optional(groupsClaim),
  enabled: Type.Optional(writable.enabled),
}

const OidcProviderCreateBody = Type.Object({
  kind: Type.Literal('oidc'),
  ...creatable,
  issuer,
  clientId,
  clientSecret: Type.Optional(clientSecret),
  tokenPlaces: Type.Optional(tokenPlaces),
})

/** Set up from metadata, from its address, or from issuer, sign-in address and certificates: one of the three. */
const SamlProviderCreateBody = Type.Object({
  kind: Type.Literal('saml'),
  ...creatable,
  emailsVerified: Type.Optional(emailsVerified),
  ...Type.Partial(Type.Object({ issuer, ...samlSources, ...assertionReading })).properties,
})

const LdapProviderCreateBody = Type.Object({
  kind: Type.Literal('ldap'),
  ...creatable,
  emailsVerified: Type.Optional(emailsVerified),
  ...directorySettings,
  bindPassword,
})

export const IdentityProviderCreateBody = Type.Union([
  OidcProviderCreateBody,
  SamlProviderCreateBody,
  LdapProviderCreateBody,
])
export type IdentityProviderCreateBody = Static<typeof IdentityProviderCreateBody>

/** PATCH: what is left out stays; what the provider's protocol does not have is refused. */
export const IdentityProviderUpdateBody = Type.Partial(
  Type.Object({
    ...writable,
    groupsClaim,
    emailsVerified,
    issuer,
    clientId,
    clientSecret,
    tokenPlaces,
    ...samlSources,
    ...directorySettings,
    bindPassword,
    ...assertionReading,
    // A directory always has an attribute.
    subjectAttribute: Type.Union([attributeName, Type.Null()]),
    emailAttribute: Type.Union([attributeName, Type.Null()]),
  }),
)
export type IdentityProviderUpdateBody = Static<typeof IdentityProviderUpdateBody>

export const SignInMethodsQuery = Type.Object({
  email: Type.Optional(
    Type.String({
      maxLength: 254,
      description: 'Where several organizations are here, its domain finds the providers.',
    }),
  ),
})

/** POST /auth/ldap/:id */
export const DirectoryLoginBody = Type.Object({
  login: Type.String({ minLength: 1, maxLength: 254 }),
  password: Type.String({ maxLength: 500 }),
})
export type DirectoryLoginBody = Static<typeof DirectoryLoginBody>

/** GET /auth/sign-in/methods: what the sign-in page offers besides e-mail and password. */
export const SignInMethods = Type.Object({
  providers: Type.Array(Type.Object({ id: Type.String(), name: Type.String(), startPath: Type.String() })),
})
export type SignInMethods = Static<typeof SignInMethods>

/**
 * Why a sign-in through an identity provider did not succeed: the code stands in the log and in the address of the page
 * that says the sentence.
 */
export const SIGN_IN_PROBLEMS = {
  provider_unknown: 'This way to sign in is not offered here any more; choose another one.',
  provider_unreachable: 'The identity provider could not be reached; try again in a moment.',
  provider_refused: 'The identity provider did not let you in; try again, or ask its administrator.',
  too_many_attempts: 'There were too many attempts to sign in from your network; try again in 15 minutes.',
  login_unknown: 'This sign-in was not begun here; start it again from this page.',
  login_replayed: 'This sign-in was finished already and cannot be used twice; start again.',
  login_expired: 'This sign-in took longer than ten minutes; start again.',
  login_elsewhere: 'This sign-in was begun in another browser; start again in this one.',
  wrong_issuer: 'The answer came from another identity provider than the one that was asked; start again.',
  wrong_audience:
    'The identity provider answered for another application; an administrator must check the client id or entity id.',
  wrong_nonce: 'The answer of the identity provider belongs to another sign-in; start again.',
  token_expired: 'The answer of the identity provider had expired; check the clocks of both servers, and try again.',
  token_early:
    'The answer of the identity provider does not hold yet; check the clocks of both servers, and try again.',
  token_unsigned: 'The identity provider sent an answer without an accepted signature, so it was not believed.',
  wrong_signature: 'The signature of the identity provider’s answer is wrong, so it was not believed.',
  content_changed: 'The identity provider’s answer was changed after it had been signed, so it was not believed.',
  signature_wrapped:
    'The identity provider’s answer holds something beside what its signature is about, so it was not believed.',
  id_repeated: 'The identity provider’s answer gives two things in it one id, so it was not believed.',
  wrong_request: 'The answer of the identity provider belongs to another request; start again.',
  wrong_recipient:
    'The identity provider’s answer was meant for another address; an administrator must check the addresses registered there.',
  weak_signature: 'The identity provider signs with a method that is too weak, such as SHA-1, so it was not believed.',
  unexpected_structure: 'The identity provider’s answer is not built as one about one person, so it was not believed.',
  unsafe_xml: 'The identity provider’s answer holds comments or definitions that have no place there.',
  assertion_encrypted:
    'The identity provider encrypts its assertions, which is not supported; its administrator must turn that off.',
  assertion_replayed: 'The identity provider sent an assertion that had been used before; start again.',
  subject_missing:
    'The identity provider did not name you in a way that lasts; an administrator must ask it for a persistent NameID, or choose an attribute.',
  invalid_answer: 'The identity provider’s answer was not understood; an administrator must check its settings.',
  email_missing:
    'The identity provider did not tell your e-mail address; its administrator must release the claim “email”.',
  email_unverified: 'The identity provider has not verified your e-mail address; verify it there, then try again.',
  domain_not_admitted: 'Your e-mail’s domain is not admitted here; an administrator of the organization can add it.',
  email_taken:
    'Your e-mail belongs to an account that does not sign in this way; sign in as before, or ask an administrator to delete that account first.',
  seats_taken: 'All seats of the organization are taken; an administrator can free one.',
  account_ended: 'Your account here has been closed; an administrator of the organization knows more.',
  organization_suspended:
    'This organization is suspended: nobody can enter it until whoever runs this installation restores it.',
  address_outside:
    'You come from an address that this organization lets nobody in from; use one of its networks, or ask an administrator of it.',
  settings_changed: 'The settings were changed while the test login was under way; start it again.',
  test_elsewhere: 'The test login must be finished by the administrator who began it; start it again.',
} as const satisfies Record<string, string>

export type SignInProblem = keyof typeof SIGN_IN_PROBLEMS
