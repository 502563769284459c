import {
  AppError,
  type FactorAdded,
  type FreshProof,
  type PasskeyCreateBody,
  type SecondFactorMethod,
  type SecondFactorProof,
  type SecondFactors,
  type TotpEnrolment,
} from '@graticule/contract'
import { type Decision, decideFactorRemoval } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityActor, type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { SEALED_COLUMNS } from '../../platform/secrets/sealed-columns.ts'
import type { SecretBox } from '../../platform/secrets/secret-box.ts'
import { verifyPassword } from '../auth/password-hash.ts'
import type { Person, UserService } from '../users/user-service.ts'
import type { PasskeyService } from './passkey-service.ts'
import { ProofLimit } from './proof-limit.ts'
import { createRecoveryCodes, hashRecoveryCode } from './recovery-codes.ts'
import type { SecondFactorStore } from './second-factor-store.ts'
import { type Site, siteOf } from './site.ts'
import { createTotpSecret, findStep, totpUri } from './totp.ts'

export interface SecondFactorOptions {
  readonly store: Store
  readonly factors: SecondFactorStore
  readonly passkeys: PasskeyService
  readonly users: UserService
  readonly activity: ActivityLog
  readonly clock: Clock
  readonly secretBox: SecretBox
  /** Whether the person is who gets in when the identity provider is down, while single sign-on is enforced. */
  readonly isBreakGlass: (transaction: Store, organizationId: string, userId: string) => Promise<boolean>
}

/** On which request a proof is given, and at which of our addresses, which passkeys are bound to. */
export interface ProofContext {
  readonly requestId: string | undefined
  readonly baseUrl: string
}

/** Who sets a factor up, and on which request. */
export interface Enroller {
  readonly person: Person
  readonly requestId: string | undefined
  /** True in the second step of a sign-in, where only somebody without any factor may set one up. */
  readonly mustBeFirst: boolean
}

/** What people prove besides their password: sets it up, checks it and takes it away. */
export class SecondFactorService {
  readonly #options: SecondFactorOptions
  readonly #proofs: ProofLimit

  constructor(options: SecondFactorOptions) {
    this.#options = options
    this.#proofs = new ProofLimit(options.store, options.factors, options.clock)
  }

  /** By which ways the person can prove a second factor; none when they have set up nothing. */
  async listMethods(userId: string, store?: Store): Promise<SecondFactorMethod[]> {
    const { factors, passkeys } = this.#options
    const methods: SecondFactorMethod[] = []
    if ((await factors.findTotp(userId, store))?.confirmed_at) methods.push('totp')
    if (await passkeys.has(userId, store)) methods.push('passkey')
    if (methods.length > 0 && (await factors.countRecoveryCodes(userId, store)) > 0) methods.push('recovery-code')
    return methods
  }

  async read(userId: string): Promise<SecondFactors> {
    const { factors, passkeys } = this.#options
    const person = await this.#getPerson(userId)
    const totp = await factors.findTotp(userId)
    return {
      canEnrol: mayEnrol(person),
      isRequired: person.isSecondFactorRequired,
      totp: totp?.confirmed_at ? { addedAt: totp.confirmed_at.toISOString() } : null,
      passkeys: await passkeys.list(userId),
      recoveryCodesLeft: await factors.countRecoveryCodes(userId),
    }
  }

  /** Whether the proof is right; each is so once. Throws `too_many_requests` after too many wrong ones. */
  async prove(person: Person, proof: SecondFactorProof, context: ProofContext): Promise<boolean> {
    return this.#proofs.try(person.id, (transaction) => this.#check(transaction, person, proof, context))
  }

  /**
   * Throws `invalid_request` unless the person has just proved anew that it is them, because the session itself may be
   * in other hands.
   */
  async demandFresh({ principal, requestId }: UserCaller, proof: FreshProof, baseUrl: string): Promise<Person> {
    const person = await this.#getPerson(principal.userId)
    const isRight = await this.#proofs.try(person.id, (transaction) =>
      proof.kind === 'password'
        ? verifyPassword(person.passwordHash, proof.password)
        : this.#check(transaction, person, proof, { requestId, baseUrl }),
    )
    if (isRight) return person
    throw new AppError('invalid_request', proof.kind === 'password' ? 'The password is wrong.' : wrongCode(proof.kind))
  }

  /** Makes a secret for an authenticator app, which counts for nothing until a code of it confirms it. */
  async beginTotp({ person, mustBeFirst }: Enroller): Promise<TotpEnrolment> {
    const { clock, factors, secretBox, store } = this.#options
    requireEnrolment(person)
    const secret = createTotpSecret()
    await store.transaction().execute(async (transaction) => {
      await factors.holdAttempts(transaction, person.id, clock.now())
      if (mustBeFirst) await this.#requireNone(transaction, person.id)
      const sealed = secretBox.seal(secret, SEALED_COLUMNS.totpSecret.in(person.id))
      const row = { user_id: person.id, secret: sealed, created_at: clock.now() }
      if (await factors.putUnconfirmedTotp(transaction, row)) return
      throw new AppError(
        'conflict',
        'You have an authenticator app already; remove it before you set up another one.',
        { details: { rule: 'authenticator.known' } },
      )
    })
    return { secret, uri: totpUri(secret, person.email, `Graticule ${person.organizationName}`) }
  }

  /** As `confirmTotp`, for somebody who is signed in. */
  async confirmOwnTotp({ principal, requestId }: UserCaller, code: string): Promise<FactorAdded> {
    const person = await this.#getPerson(principal.userId)
    return this.confirmTotp({ person, requestId, mustBeFirst: false }, code)
  }

  /** Begins to count the app that was being set up. Throws `invalid_request` when the code is not one of its. */
  async confirmTotp({ person, requestId, mustBeFirst }: Enroller, code: string): Promise<FactorAdded> {
    const { activity, clock, factors, secretBox } = this.#options
    let added: FactorAdded = { recoveryCodes: null }
    const isRight = await this.#proofs.try(person.id, async (transaction) => {
      const totp = await factors.findTotp(person.id, transaction)
      if (totp === null || totp.confirmed_at !== null) {
        throw new AppError('conflict', 'No authenticator app is being set up; begin again.', {
          details: { rule: 'authenticator.not-begun' },
        })
      }
      if (mustBeFirst) await this.#requireNone(transaction, person.id)
      const step = findStep(secretBox.open(totp.secret, SEALED_COLUMNS.totpSecret.in(person.id)), code, clock.now())
      if (step === null) return false
      await factors.useStep(transaction, person.id, step)
      await factors.confirmTotp(transaction, person.id, clock.now())
      await activity.record(transaction, {
        ...eventOf(person, { kind: 'user', id: person.id }, requestId),
        type: 'second-factor.added',
        details: { kind: 'totp' },
      })
      added = { recoveryCodes: await this.#giveRecoveryCodes(transaction, person) }
      return true
    })
    if (!isRight) throw new AppError('invalid_request', wrongCode('totp'))
    return added
  }

  /** Takes the authenticator app away, after a fresh proof. */
  async removeTotp(caller: UserCaller, proof: FreshProof, baseUrl: string): Promise<void> {
    const person = await this.demandFresh(caller, proof, baseUrl)
    await this.#remove(caller, person, { kind: 'totp' }, async (transaction) => {
      const totp = await this.#options.factors.findTotp(person.id, transaction)
      if (totp === null || totp.confirmed_at === null) throw new AppError('not_found', 'You have no authenticator app.')
      await this.#options.factors.deleteTotp(transaction, person.id)
    })
  }

  /** Begins to make a passkey. */
  async beginPasskey({ person, mustBeFirst }: Enroller, site: Site): Promise<object> {
    requireEnrolment(person)
    if (mustBeFirst) await this.#requireNone(this.#options.store, person.id)
    return this.#options.passkeys.beginRegistration(person, site)
  }

  /** Adds the passkey that an authenticator has made. */
  async addPasskey(
    { person, requestId, mustBeFirst }: Enroller,
    passkey: PasskeyCreateBody,
    site: Site,
  ): Promise<FactorAdded> {
    const { activity, clock, factors, passkeys, store } = this.#options
    return store.transaction().execute(async (transaction) => {
      await factors.holdAttempts(transaction, person.id, clock.now())
      if (mustBeFirst) await this.#requireNone(transaction, person.id)
      await passkeys.register(transaction, person.id, passkey, site)
      await activity.record(transaction, {
        ...eventOf(person, { kind: 'user', id: person.id }, requestId),
        type: 'second-factor.added',
        details: { kind: 'passkey', name: passkey.name.trim() },
      })
      return { recoveryCodes: await this.#giveRecoveryCodes(transaction, person) }
    })
  }

  /** As `addPasskey`, for somebody who is signed in. */
  async addOwnPasskey(
    { principal, requestId }: UserCaller,
    passkey: PasskeyCreateBody,
    site: Site,
  ): Promise<FactorAdded> {
    const person = await this.#getPerson(principal.userId)
    return this.addPasskey({ person, requestId, mustBeFirst: false }, passkey, site)
  }

  /** What a browser needs to prove one of the person's passkeys. */
  async beginPasskeyProof(userId: string, site: Site): Promise<object> {
    return this.#options.passkeys.beginUse(userId, site)
  }

  async renamePasskey({ principal, requestId }: UserCaller, id: string, name: string): Promise<void> {
    const { activity, passkeys, store } = this.#options
    await store.transaction().execute(async (transaction) => {
      const to = await passkeys.rename(transaction, principal.userId, id, name)
      await activity.record(transaction, {
        organizationId: principal.organizationId,
        actor: actorOf(principal),
        type: 'second-factor.renamed',
        assetType: 'user',
        assetId: principal.userId,
        requestId,
        details: { kind: 'passkey', name: to },
      })
    })
  }

  /** Takes a passkey away, after a fresh proof. */
  async removePasskey(caller: UserCaller, id: string, proof: FreshProof, baseUrl: string): Promise<void> {
    const person = await this.demandFresh(caller, proof, baseUrl)
    await this.#remove(caller, person, { kind: 'passkey' }, async (transaction) => {
      await this.#options.passkeys.remove(transaction, person.id, id)
    })
  }

  /** New recovery codes in place of all of before, after a fresh proof. */
  async renewRecoveryCodes(caller: UserCaller, proof: FreshProof, baseUrl: string): Promise<string[]> {
    const { activity, clock, factors, store } = this.#options
    const person = await this.demandFresh(caller, proof, baseUrl)
    return store.transaction().execute(async (transaction) => {
      await factors.holdAttempts(transaction, person.id, clock.now())
      if ((await this.listMethods(person.id, transaction)).length === 0) {
        throw new AppError('conflict', 'Recovery codes stand in for a second factor; set one up first.', {
          details: { rule: 'recovery-codes.alone' },
        })
      }
      await activity.record(transaction, {
        ...eventOf(person, actorOf(caller.principal), caller.requestId),
        type: 'recovery-codes.renewed',
      })
      return this.#replaceRecoveryCodes(transaction, person)
    })
  }

  /** Takes all factors of somebody away inside a transaction. */
  async removeAll(transaction: Store, userId: string): Promise<void> {
    const { factors, passkeys } = this.#options
    await factors.deleteTotp(transaction, userId)
    await passkeys.removeAllOf(transaction, userId)
    await factors.replaceRecoveryCodes(transaction, userId, [])
  }

  /** Removes a factor when policy lets it go; with the last one the recovery codes end. */
  async #remove(
    caller: UserCaller,
    person: Person,
    details: { readonly kind: 'totp' | 'passkey' },
    remove: (transaction: Store) => Promise<void>,
  ): Promise<void> {
    const { activity, clock, factors, isBreakGlass, store, users } = this.#options
    await store.transaction().execute(async (transaction) => {
      // Whoever enforces single sign-on waits here too, so that its break-glass person has a factor either way.
      await users.holdSeats(transaction, person.organizationId)
      await factors.holdAttempts(transaction, person.id, clock.now())
      await remove(transaction)
      const isLast = (await this.listMethods(person.id, transaction)).length === 0
      const now = await users.findActive(person.id, transaction)
      demand(
        decideFactorRemoval({
          isLast,
          isRequired: now?.isSecondFactorRequired ?? false,
          isBreakGlass: await isBreakGlass(transaction, person.organizationId, person.id),
        }),
      )
      if (isLast) await factors.replaceRecoveryCodes(transaction, person.id, [])
      await activity.record(transaction, {
        ...eventOf(person, actorOf(caller.principal), caller.requestId),
        type: 'second-factor.removed',
        details,
      })
    })
  }

  async #check(
    transaction: Store,
    person: Person,
    proof: SecondFactorProof,
    { requestId, baseUrl }: ProofContext,
  ): Promise<boolean> {
    const { activity, clock, factors, passkeys, secretBox } = this.#options
    switch (proof.kind) {
      case 'totp': {
        const totp = await factors.findTotp(person.id, transaction)
        if (totp === null || totp.confirmed_at === null) return false
        const step = findStep(
          secretBox.open(totp.secret, SEALED_COLUMNS.totpSecret.in(person.id)),
          proof.code,
          clock.now(),
        )
        return step !== null && (await factors.useStep(transaction, person.id, step))
      }
      case 'passkey':
        return (await passkeys.verify(transaction, proof.response, person.id, siteOf(baseUrl))) !== null
      case 'recovery-code': {
        const hash = hashRecoveryCode(secretBox, person.id, proof.code)
        if (!(await factors.useRecoveryCode(transaction, person.id, hash, clock.now()))) return false
        const left = await factors.countRecoveryCodes(person.id, transaction)
        await activity.record(transaction, {
          ...eventOf(person, { kind: 'user', id: person.id }, requestId),
          type: 'recovery-code.used',
          details: { left },
        })
        return true
      }
    }
  }

  async #requireNone(transaction: Store, userId: string): Promise<void> {
    if ((await this.listMethods(userId, transaction)).length === 0) return
    throw new AppError('conflict', 'You have a second factor by now; use it to sign in.', {
      details: { rule: 'second-factor.known' },
    })
  }

  /** Null when there are codes that nobody has used. */
  async #giveRecoveryCodes(transaction: Store, person: Person): Promise<string[] | null> {
    if ((await this.#options.factors.countRecoveryCodes(person.id, transaction)) > 0) return null
    return this.#replaceRecoveryCodes(transaction, person)
  }

  async #replaceRecoveryCodes(transaction: Store, person: Person): Promise<string[]> {
    const { factors, secretBox } = this.#options
    const codes = createRecoveryCodes()
    const hashes = codes.map((code) => hashRecoveryCode(secretBox, person.id, code))
    await factors.replaceRecoveryCodes(transaction, person.id, hashes)
    return codes
  }

  async #getPerson(userId: string): Promise<Person> {
    const person = await this.#options.users.findActive(userId)
    if (person === null) throw new AppError('session_expired', 'Your session has ended; sign in again.')
    return person
  }
}

function wrongCode(kind: SecondFactorProof['kind']): string {
  switch (kind) {
    case 'totp':
      return 'This code is wrong, or was used already; wait for the next one of your authenticator app.'
    case 'passkey':
      return 'This passkey is not one of yours, or its answer came too late; try again.'
    case 'recovery-code':
      return 'This recovery code is wrong, or was used already.'
  }
}

/** Whether this server looks after the person's second factor: nobody else lets them in. */
function mayEnrol(person: Person): boolean {
  return person.passwordHash !== null || person.support !== undefined
}

function requireEnrolment(person: Person): void {
  if (mayEnrol(person)) return
  throw new AppError(
    'conflict',
    'You have no password here: the identity provider that lets you in looks after your second factor.',
    { details: { rule: 'second-factor.no-password' } },
  )
}

function demand(decision: Decision): void {
  if (!decision.allowed) throw new AppError('conflict', decision.reason, { details: { rule: decision.rule } })
}

function eventOf(person: Person, actor: ActivityActor, requestId: string | undefined) {
  return { organizationId: person.organizationId, actor, assetType: 'user', assetId: person.id, requestId }
}
