import { type Static, Type } from 'typebox'
import { SessionInfo } from './workspace.ts'

// Second factors: what somebody proves besides their password, and the step of a sign-in in which they do.

const Timestamp = Type.String({ format: 'date-time' })
const Code = Type.String({ pattern: '^\\d{6}$', description: 'Six digits of an authenticator app.' })

const Base64Url = Type.String({ pattern: '^[A-Za-z0-9_-]+$', maxLength: 20_000 })
const credential = {
  id: Type.String({ pattern: '^[A-Za-z0-9_-]+$', maxLength: 1_400 }),
  rawId: Base64Url,
  type: Type.Literal('public-key'),
  authenticatorAttachment: Type.Optional(Type.Enum(['platform', 'cross-platform'])),
  clientExtensionResults: Type.Object({}),
}

/** What an authenticator answers when it makes a passkey (RegistrationResponseJSON of WebAuthn Level 3). */
export const PasskeyAttestation = Type.Object({
  ...credential,
  response: Type.Object({ clientDataJSON: Base64Url, attestationObject: Base64Url }),
})
export type PasskeyAttestation = Static<typeof PasskeyAttestation>

/** What it answers when a passkey is used (AuthenticationResponseJSON). */
export const PasskeyAssertion = Type.Object({
  ...credential,
  response: Type.Object({
    clientDataJSON: Base64Url,
    authenticatorData: Base64Url,
    signature: Base64Url,
    userHandle: Type.Optional(Base64Url),
  }),
})
export type PasskeyAssertion = Static<typeof PasskeyAssertion>

/** The options that a browser's WebAuthn functions take, as the standard writes them in JSON. */
export const PasskeyOptions = Type.Unknown()

const PasskeyName = Type.String({ minLength: 1, maxLength: 60, pattern: '\\S' })
export const PasskeyCreateBody = Type.Object({ name: PasskeyName, response: PasskeyAttestation })
export type PasskeyCreateBody = Static<typeof PasskeyCreateBody>
export const PasskeyRenameBody = Type.Object({ name: PasskeyName })
export const PasskeySignInBody = Type.Object({ response: PasskeyAssertion })

/** One's own passkey. */
export const PasskeySummary = Type.Object({
  id: Type.String(),
  name: Type.String(),
  addedAt: Timestamp,
  lastUsedAt: Type.Union([Timestamp, Type.Null()]),
})
export type PasskeySummary = Static<typeof PasskeySummary>

/** Ways to prove a second factor. */
export const SECOND_FACTOR_METHODS = ['totp', 'passkey', 'recovery-code'] as const
export type SecondFactorMethod = (typeof SECOND_FACTOR_METHODS)[number]

const factorProofs = [
  Type.Object({ kind: Type.Literal('totp'), code: Code }),
  Type.Object({ kind: Type.Literal('passkey'), response: PasskeyAssertion }),
  Type.Object({ kind: Type.Literal('recovery-code'), code: Type.String({ minLength: 1, maxLength: 40 }) }),
] as const

/** One proof of a second factor. */
export const SecondFactorProof = Type.Union([...factorProofs])
export type SecondFactorProof = Static<typeof SecondFactorProof>

/** What changes of factors ask for anew: the password, or a factor that one has. */
export const FreshProof = Type.Union([
  Type.Object({ kind: Type.Literal('password'), password: Type.String({ maxLength: 200 }) }),
  ...factorProofs,
])
export type FreshProof = Static<typeof FreshProof>

/** The body of what only wants a fresh proof. */
export const FreshProofBody = Type.Object({ proof: FreshProof })

/** GET /auth/second-factors: what one has, and what one may do about it. */
export const SecondFactors = Type.Object({
  /** False for somebody without a password here: whoever lets them in looks after their second factor. */
  canEnrol: Type.Boolean(),
  /** Whether the organization asks everybody for one. */
  isRequired: Type.Boolean(),
  totp: Type.Union([Type.Object({ addedAt: Timestamp }), Type.Null()]),
  passkeys: Type.Array(PasskeySummary),
  recoveryCodesLeft: Type.Integer(),
})
export type SecondFactors = Static<typeof SecondFactors>

/** An authenticator app that is being set up: for its camera, and for its keyboard. */
export const TotpEnrolment = Type.Object({ secret: Type.String(), uri: Type.String() })
export type TotpEnrolment = Static<typeof TotpEnrolment>

export const TotpConfirmBody = Type.Object({ code: Code })

/** Shown this once; null when the codes of before still hold. */
const RecoveryCodeList = Type.Union([Type.Array(Type.String()), Type.Null()])
export const FactorAdded = Type.Object({ recoveryCodes: RecoveryCodeList })
export type FactorAdded = Static<typeof FactorAdded>
export const RecoveryCodes = Type.Object({ recoveryCodes: Type.Array(Type.String()) })
export type RecoveryCodes = Static<typeof RecoveryCodes>

/** 202 of every way to sign in: the first step is done. Nothing but the second one can be done before it. */
export const SecondStep = Type.Object({
  /** `prove`: a factor that one has · `enrol`: one must be set up first. */
  secondStep: Type.Enum(['prove', 'enrol']),
  methods: Type.Array(Type.Enum([...SECOND_FACTOR_METHODS])),
  email: Type.String(),
  organizationName: Type.String(),
  expiresAt: Timestamp,
})
export type SecondStep = Static<typeof SecondStep>

export const SecondStepBody = Type.Object({ proof: SecondFactorProof })

/** The second step is done by setting a factor up, which ends in a session. */
export const SecondStepEnrolled = Type.Object({ session: SessionInfo, recoveryCodes: RecoveryCodeList })
export type SecondStepEnrolled = Static<typeof SecondStepEnrolled>

/** Where a way to sign in leads. */
export type SignInAnswer = SessionInfo | SecondStep
