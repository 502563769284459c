import { AppError, type PasskeyAssertion, type PasskeyAttestation, type PasskeySummary } from '@graticule/contract'
import {
  type AuthenticatorTransport,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { isUniqueViolation } from '../../platform/db/store-errors.ts'
import type { PasskeyChallengesTable } from '../../platform/db/tables.ts'
import { hashToken } from '../../platform/secrets/bearer-tokens.ts'
import type { Person } from '../users/user-service.ts'
import type { PasskeyStore } from './passkey-store.ts'
import type { Site } from './site.ts'

/** What a challenge is for; one that was made for something else is not accepted. */
type Purpose = PasskeyChallengesTable['purpose']

const CHALLENGE_LIFETIME_MS = 5 * 60_000
const MAX_PASSKEYS = 20
/** Ed25519, ES256 and RS256: what authenticators have. */
const ALGORITHMS = [-8, -7, -257]

/** Makes challenges for passkeys, and checks what authenticators answer (WebAuthn Level 3). */
export class PasskeyService {
  readonly #passkeys: PasskeyStore
  readonly #clock: Clock

  constructor(passkeys: PasskeyStore, clock: Clock) {
    this.#passkeys = passkeys
    this.#clock = clock
  }

  async list(userId: string): Promise<PasskeySummary[]> {
    return (await this.#passkeys.list(userId)).map((row) => ({
      id: row.id,
      name: row.name,
      addedAt: row.created_at.toISOString(),
      lastUsedAt: row.last_used_at?.toISOString() ?? null,
    }))
  }

  async has(userId: string, store?: Store): Promise<boolean> {
    return (await this.#passkeys.count(userId, store)) > 0
  }

  /** What a browser needs to make a passkey that can sign in by itself: kept by the authenticator, behind its own lock. */
  async beginRegistration(person: Person, site: Site): Promise<object> {
    const known = await this.#passkeys.list(person.id)
    if (known.length >= MAX_PASSKEYS) {
      throw new AppError('conflict', `There are ${MAX_PASSKEYS} passkeys already; remove one first.`, {
        details: { rule: 'passkey.limit' },
      })
    }
    const options = await generateRegistrationOptions({
      rpName: 'Graticule',
      rpID: site.rpId,
      userName: person.email,
      userDisplayName: person.name,
      userID: new TextEncoder().encode(person.id),
      attestationType: 'none',
      supportedAlgorithmIDs: ALGORITHMS,
      excludeCredentials: known.map(({ id }) => ({ id })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    })
    await this.#keepChallenge(options.challenge, 'registration', person.id)
    return options
  }

  /** Adds the passkey inside the transaction. Throws `invalid_request` for an answer that is not one to our challenge. */
  async register(
    transaction: Store,
    userId: string,
    passkey: { readonly name: string; readonly response: PasskeyAttestation },
    site: Site,
  ): Promise<void> {
    const verified = await verifyRegistrationResponse({
      response: passkey.response,
      expectedChallenge: (challenge) => this.#consume(transaction, challenge, 'registration', userId),
      expectedOrigin: site.origin,
      expectedRPID: site.rpId,
      supportedAlgorithmIDs: ALGORITHMS,
      requireUserVerification: true,
    }).catch(() => null)
    if (verified?.verified !== true) {
      throw new AppError('invalid_request', 'This passkey could not be checked; begin again.')
    }
    const { credential } = verified.registrationInfo
    try {
      await this.#passkeys.insert(transaction, {
        id: credential.id,
        userId,
        name: passkey.name.trim(),
        publicKey: Buffer.from(credential.publicKey).toString('base64url'),
        counter: credential.counter,
        transports: credential.transports ?? [],
        createdAt: this.#clock.now(),
      })
    } catch (error) {
      if (!isUniqueViolation(error, 'passkeys_pkey')) throw error
      throw new AppError('conflict', 'This passkey is here already.', { details: { rule: 'passkey.known' } })
    }
  }

  /** What a browser needs to use one of the person's passkeys, or, for nobody in particular, any that it has for us. */
  async beginUse(userId: string | null, site: Site): Promise<object> {
    const known = userId === null ? [] : await this.#passkeys.list(userId)
    const options = await generateAuthenticationOptions({
      rpID: site.rpId,
      userVerification: userId === null ? 'required' : 'preferred',
      allowCredentials: known.map(({ id, transports }) => ({
        id,
        transports: transports as AuthenticatorTransport[],
      })),
    })
    await this.#keepChallenge(options.challenge, userId === null ? 'sign-in' : 'second-factor', userId)
    return options
  }

  /**
   * Who proves themselves with this answer: of the person who is asked for, or of nobody in particular, when the
   * authenticator must have verified its user. Null when it proves nothing; a counter that went back is such a case.
   */
  async verify(
    transaction: Store,
    response: PasskeyAssertion,
    userId: string | null,
    site: Site,
  ): Promise<{ readonly userId: string } | null> {
    const row = await this.#passkeys.hold(transaction, response.id)
    if (row === null || (userId !== null && row.user_id !== userId)) return null
    const { userHandle } = response.response
    if (userHandle !== undefined && Buffer.from(userHandle, 'base64url').toString('utf8') !== row.user_id) return null
    const purpose = userId === null ? 'sign-in' : 'second-factor'
    const verified = await verifyAuthenticationResponse({
      response,
      expectedChallenge: (challenge) => this.#consume(transaction, challenge, purpose, userId),
      expectedOrigin: site.origin,
      expectedRPID: site.rpId,
      requireUserVerification: userId === null,
      credential: {
        id: row.id,
        publicKey: new Uint8Array(Buffer.from(row.public_key, 'base64url')),
        counter: Number(row.counter),
      },
    }).catch(() => null)
    if (verified?.verified !== true) return null
    const { newCounter } = verified.authenticationInfo
    await this.#passkeys.noteUse(transaction, row.id, { counter: newCounter, at: this.#clock.now() })
    return { userId: row.user_id }
  }

  /** Renames one inside the transaction; answers the name as it is kept. */
  async rename(transaction: Store, userId: string, id: string, name: string): Promise<string> {
    const kept = name.trim()
    if (!(await this.#passkeys.rename(transaction, userId, id, kept))) throw passkeyNotFound()
    return kept
  }

  /** Removes one inside the transaction; answers its name. */
  async remove(transaction: Store, userId: string, id: string): Promise<string> {
    const name = await this.#passkeys.remove(transaction, userId, id)
    if (name === null) throw passkeyNotFound()
    return name
  }

  async removeAllOf(transaction: Store, userId: string): Promise<void> {
    await this.#passkeys.removeAllOf(transaction, userId)
  }

  /** Removes challenges that nobody answered in time. */
  async sweep(): Promise<void> {
    await this.#passkeys.deleteDeadChallenges(this.#clock.now())
  }

  async #keepChallenge(challenge: string, purpose: Purpose, userId: string | null): Promise<void> {
    await this.#passkeys.insertChallenge({
      challenge_hash: hashToken(challenge),
      user_id: userId,
      purpose,
      expires_at: new Date(this.#clock.now().getTime() + CHALLENGE_LIFETIME_MS),
    })
  }

  #consume(transaction: Store, challenge: string, purpose: Purpose, userId: string | null): Promise<boolean> {
    const found = { challenge_hash: hashToken(challenge), purpose, userId }
    return this.#passkeys.consumeChallenge(transaction, found, this.#clock.now())
  }
}

function passkeyNotFound(): AppError {
  return new AppError('not_found', 'You have no such passkey.')
}
