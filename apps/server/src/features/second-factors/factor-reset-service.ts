import { AppError } from '@graticule/contract'
import { decideFactorReset } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import type { Store } from '../../platform/db/database.ts'
import { composeMail } from '../../platform/mail/compose-mail.ts'
import type { Mail, Mailer } from '../../platform/mail/mailer.ts'
import { personNotFound } from '../users/person-not-found.ts'
import { NO_SECOND_FACTOR } from '../users/person-summary.ts'
import type { Person, UserService } from '../users/user-service.ts'
import type { SecondFactorService } from './second-factor-service.ts'

export interface FactorResetOptions {
  readonly store: Store
  readonly users: UserService
  readonly secondFactors: SecondFactorService
  readonly activity: ActivityLog
  readonly mailer: Mailer
  readonly isBreakGlass: (transaction: Store, organizationId: string, userId: string) => Promise<boolean>
  /** Ends every way in that the person has, inside the transaction; says how many sessions that were. */
  readonly endAccess: (transaction: Store, userId: string) => Promise<number>
  /** Called after sessions have ended, so that nothing remembers them. */
  readonly onRevoked: () => void
}

/** Lets admins take the second factors of somebody away who has lost them. */
export class FactorResetService {
  readonly #options: FactorResetOptions

  constructor(options: FactorResetOptions) {
    this.#options = options
  }

  /** Removes all factors of a person and ends their sessions, for whoever has the device has those too; tells them by mail. */
  async reset(caller: UserCaller, id: string, baseUrl: string): Promise<void> {
    const { activity, endAccess, isBreakGlass, mailer, onRevoked, secondFactors, store, users } = this.#options
    const person = await store.transaction().execute(async (transaction) => {
      await users.holdSeats(transaction, caller.principal.organizationId)
      const principal = await users.holdPrincipal(transaction, caller.principal)
      const found = await users.findActive(id, transaction)
      if (found === null || found.organizationId !== principal.organizationId) throw personNotFound()
      const decision = decideFactorReset(principal, {
        person: { ...found, isActive: true },
        isBreakGlass: await isBreakGlass(transaction, found.organizationId, id),
      })
      if (!decision.allowed) throw new AppError('forbidden', decision.reason, { details: { rule: decision.rule } })
      const methods = await secondFactors.listMethods(id, transaction)
      if (methods.length === 0)
        throw new AppError('conflict', NO_SECOND_FACTOR, { details: { rule: 'second-factor.none' } })
      await secondFactors.removeAll(transaction, id)
      const sessions = await endAccess(transaction, id)
      await activity.record(transaction, {
        organizationId: found.organizationId,
        actor: actorOf(principal),
        type: 'second-factor.reset',
        assetType: 'user',
        assetId: id,
        requestId: caller.requestId,
        details: { email: found.email, sessions },
      })
      return found
    })
    onRevoked()
    await mailer.deliver(resetMail(person, baseUrl))
  }
}

function resetMail(person: Person, baseUrl: string): Mail {
  return {
    organizationId: person.organizationId,
    to: person.email,
    isForSuperadmin: person.role === 'superadmin',
    subject: 'Your second factor for Graticule was reset',
    ...composeMail({
      paragraphs: [
        `Hello ${person.name}.`,
        `An admin of ${person.organizationName} has taken away your authenticator app, passkeys and recovery codes, and ended your sessions. Sign in with your password and set up a second factor again.`,
      ],
      link: { label: 'Sign in', url: `${baseUrl}/sign-in` },
      foot: 'You did not ask for this? Then tell an admin of your organization at once.',
    }),
  }
}
