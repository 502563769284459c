import {
  AppError,
  type GeneralSettings,
  type OrganizationPlan,
  type OrganizationPlanBody,
  type OrganizationSettings,
  type OrganizationUpdateBody,
  type SettingsEffect,
} from '@graticule/contract'
import {
  authorize,
  decideSeatLimit,
  SEAT_KINDS,
  type SeatKind,
  type Seats,
  type UserPrincipal,
} from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import { type OrganizationChange, recordOrganizationChange } from '../../platform/activity/organization-change.ts'
import type { Store } from '../../platform/db/database.ts'
import type { SessionLengths } from '../auth/session-service.ts'
import { emailDomain } from '../domains/domain-name.ts'
import { requireSamePlan, withVersion } from '../settings/versioned-plan.ts'
import type { UserService } from '../users/user-service.ts'
import {
  describeAutoJoin,
  describeDomainLoss,
  describeGeneralChange,
  describeSeatChange,
  findSeatProblems,
  type Invitee,
} from './organization-plan.ts'
import type { OrganizationStore } from './organization-store.ts'
import { organizationSuspended } from './organization-suspended.ts'

/** What changes; the rest stays. */
export type OrganizationUpdate = Omit<OrganizationPlanBody, 'autoJoin'>

export interface OrganizationServiceOptions {
  readonly organizations: OrganizationStore
  readonly store: Store
  readonly users: UserService
  readonly activity: ActivityLog
  readonly lengths: SessionLengths
  /** Who is invited and can still accept. */
  readonly listInvitees: (organizationId: string, transaction: Store) => Promise<readonly Invitee[]>
  /** The domains that count as the organization's own. */
  readonly listVerifiedDomains: (organizationId: string, transaction: Store) => Promise<readonly string[]>
}

/** How long sessions last where an organization says nothing else. */
type SessionDefaults = OrganizationSettings['sessionLength']['defaults']

/** Minutes; null: as the server is set. */
interface SessionLengthChange {
  readonly idleMinutes: number | null
  readonly absoluteMinutes: number | null
}

/** The settings of the organization that one belongs to: its name, the role of new people, and its seats. */
export class OrganizationService {
  readonly #organizations: OrganizationStore
  readonly #options: OrganizationServiceOptions
  readonly #users: UserService
  readonly #activity: ActivityLog
  readonly #defaults: SessionDefaults

  constructor(options: OrganizationServiceOptions) {
    const { organizations, users, activity, lengths } = options
    this.#options = options
    this.#organizations = organizations
    this.#users = users
    this.#activity = activity
    this.#defaults = {
      idleMinutes: lengths.sessionIdleMs / 60_000,
      absoluteMinutes: lengths.sessionAbsoluteMs / 60_000,
    }
  }

  async get(principal: UserPrincipal): Promise<OrganizationSettings> {
    const row = await this.#organizations.get(principal.organizationId)
    const seats = await this.#users.readSeats(principal.organizationId)
    return {
      id: row.id,
      name: row.name,
      defaultRole: row.default_role,
      secondFactorRequired: row.second_factor_required,
      sessionLength: {
        idleMinutes: row.session_idle_minutes,
        absoluteMinutes: row.session_absolute_minutes,
        defaults: this.#defaults,
      },
      seats,
    }
  }

  /** The role of people who come without an invitation, unless the way in which they come names another. */
  async readDefaultRole(organizationId: string, transaction: Store): Promise<OrganizationSettings['defaultRole']> {
    return (await this.#organizations.get(organizationId, transaction)).default_role
  }

  /** The organization that is named, or the only one; null unless people may ask to join it. */
  findTakingRequests(id: string | undefined): Promise<string | null> {
    return this.#organizations.findTakingRequests(id)
  }

  /** Throws `organization_suspended` when nobody can enter it. */
  async requireOpen(organizationId: string): Promise<void> {
    const { suspended_at } = await this.#organizations.get(organizationId)
    if (suspended_at !== null) throw organizationSuspended()
  }

  async readCreatedAt(organizationId: string): Promise<Date> {
    return (await this.#organizations.get(organizationId)).created_at
  }

  /** Whether people with an e-mail at a verified domain join without being asked in. */
  async readAutoJoin(organizationId: string): Promise<boolean> {
    return (await this.#organizations.get(organizationId)).auto_join
  }

  async setTakesJoinRequests(caller: UserCaller, takesRequests: boolean): Promise<void> {
    await this.#setDoor(caller, 'takes_join_requests', takesRequests)
  }

  async setAutoJoin(caller: UserCaller, autoJoin: boolean): Promise<void> {
    await this.#setDoor(caller, 'auto_join', autoJoin)
  }

  /** Opens or closes one of the ways in which people come without an invitation. */
  async #setDoor(caller: UserCaller, door: 'takes_join_requests' | 'auto_join', isOpen: boolean): Promise<void> {
    const { principal } = caller
    await this.#options.store.transaction().execute(async (transaction) => {
      await this.#users.holdSeats(transaction, principal.organizationId)
      await this.#users.holdRight(transaction, principal, 'organization.update')
      const before = await this.#organizations.get(principal.organizationId, transaction)
      if (before[door] === isOpen) return
      await this.#organizations.update(transaction, principal.organizationId, { [door]: isOpen })
      await this.#activity.record(transaction, {
        organizationId: principal.organizationId,
        actor: actorOf(principal),
        type: 'organization.updated',
        assetType: 'organization',
        assetId: principal.organizationId,
        requestId: caller.requestId,
        details: { [door]: { from: before[door], to: isOpen } },
      })
    })
  }

  /** The settings that are not about seats. */
  async readSettings(organizationId: string, transaction: Store): Promise<GeneralSettings> {
    const row = await this.#organizations.get(organizationId, transaction)
    return {
      name: row.name.trim(),
      defaultRole: row.default_role,
      secondFactorRequired: row.second_factor_required,
      takesJoinRequests: row.takes_join_requests,
      sessionIdleMinutes: row.session_idle_minutes,
      sessionAbsoluteMinutes: row.session_absolute_minutes,
    }
  }

  /** Throws `conflict` for sessions that might rest longer than they last. */
  checkSessionLength({ idleMinutes, absoluteMinutes }: SessionLengthChange): void {
    const idle = idleMinutes ?? this.#defaults.idleMinutes
    const absolute = absoluteMinutes ?? this.#defaults.absoluteMinutes
    if (idle <= absolute) return
    throw new AppError(
      'conflict',
      `A session cannot rest for ${idle} minutes when it ends after ${absolute} in any case; shorten the rest or lengthen the whole.`,
      { details: { rule: 'session-length' } },
    )
  }

  /**
   * Changes what the body names and leaves the rest. Seats need a right of their own, and there are never fewer than
   * are taken.
   */
  async update(caller: UserCaller, body: OrganizationUpdateBody): Promise<OrganizationSettings> {
    const { planVersion, ...update } = body
    await this.#change(caller, async (transaction, change) => {
      if (update.seats !== undefined) {
        await this.#users.holdRight(transaction, caller.principal, 'organization.set-seats')
      }
      if (planVersion !== undefined) {
        const plan = await this.planUpdate(transaction, change.organizationId, update)
        requireSamePlan(plan, planVersion, 'organization.plan')
      }
      await this.applyUpdate(transaction, change, update)
    })
    return this.get(caller.principal)
  }

  /** What a change would do, by name; changes nothing. */
  async plan(principal: UserPrincipal, body: OrganizationPlanBody): Promise<OrganizationPlan> {
    if (body.seats !== undefined) authorize(principal, 'organization.set-seats')
    return this.#options.store
      .transaction()
      .execute(async (transaction) => withVersion(await this.planUpdate(transaction, principal.organizationId, body)))
  }

  /** What a change would do to whom, and why it cannot be made. */
  async planUpdate(
    transaction: Store,
    organizationId: string,
    update: OrganizationPlanBody,
  ): Promise<{ effects: SettingsEffect[]; problems: string[] }> {
    const current = await this.readSettings(organizationId, transaction)
    const next = withUpdate(current, update)
    const problems: string[] = []
    try {
      this.checkSessionLength({ idleMinutes: next.sessionIdleMinutes, absoluteMinutes: next.sessionAbsoluteMinutes })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      problems.push(error.message)
    }
    const isFactorNew = next.secondFactorRequired && !current.secondFactorRequired
    const names = isFactorNew ? await this.#users.listNamesWithPasswordAlone(transaction, organizationId) : []
    const general = describeGeneralChange(current, next, names)
    const seats = await this.#users.readSeats(organizationId, transaction)
    const limits = { ...limitsOf(seats), ...update.seats }
    const invitees = await this.#options.listInvitees(organizationId, transaction)
    const { auto_join: isAutoJoin } = await this.#organizations.get(organizationId, transaction)
    const { autoJoin = isAutoJoin } = update
    const domains = autoJoin ? await this.#options.listVerifiedDomains(organizationId, transaction) : []
    const joining = autoJoin === isAutoJoin ? [] : describeAutoJoin(autoJoin, domains, next.defaultRole, invitees)
    return {
      effects: [
        ...[...general, ...joining].map((effect) => ({ ...effect, section: 'general' })),
        ...describeSeatChange(seats, limits, invitees).map((effect) => ({ ...effect, section: 'seats' })),
      ],
      problems: [...problems, ...findSeatProblems(seats, limits)],
    }
  }

  /** What giving up a domain would do to whom; null for one that is not verified. */
  async planWithoutDomain(
    transaction: Store,
    organizationId: string,
    domain: string | null,
  ): Promise<SettingsEffect[]> {
    const invitees = await this.#options.listInvitees(organizationId, transaction)
    const { auto_join: isAutoJoin } = await this.#organizations.get(organizationId, transaction)
    const there = invitees.filter(({ email }) => domain !== null && emailDomain(email) === domain)
    return describeDomainLoss(domain, isAutoJoin, there).map((effect) => ({ ...effect, section: 'general' }))
  }

  /** As `update`, in a transaction that holds the organization's seats and has decided who may change what. */
  async applyUpdate(transaction: Store, change: OrganizationChange, body: OrganizationUpdate): Promise<void> {
    const { organizationId } = change
    const before = await this.#organizations.get(organizationId, transaction)
    const seats = await this.#users.readSeats(organizationId, transaction)
    const limits = readSeatLimits(seats, body.seats)
    const after = {
      name: body.name?.trim() ?? before.name,
      default_role: body.defaultRole ?? before.default_role,
      second_factor_required: body.secondFactorRequired ?? before.second_factor_required,
      takes_join_requests: body.takesJoinRequests ?? before.takes_join_requests,
      ...this.#readSessionLength(before, body.sessionLength),
      editor_seats: limits.editor,
      viewer_seats: limits.viewer,
    }
    const changed = (Object.keys(after) as (keyof typeof after)[]).filter((key) => after[key] !== before[key])
    if (changed.length === 0) return
    await this.#organizations.update(transaction, organizationId, after)
    const details = Object.fromEntries(changed.map((key) => [key, { from: before[key], to: after[key] }]))
    await recordOrganizationChange(this.#activity, transaction, change, 'organization.updated', details)
  }

  async #change(
    { principal, requestId }: UserCaller,
    apply: (transaction: Store, change: OrganizationChange) => Promise<void>,
  ): Promise<void> {
    const { organizationId } = principal
    await this.#options.store.transaction().execute(async (transaction) => {
      await this.#users.holdSeats(transaction, organizationId)
      await this.#users.holdRight(transaction, principal, 'organization.update')
      await apply(transaction, { organizationId, actor: actorOf(principal), requestId })
    })
  }

  #readSessionLength(
    before: { readonly session_idle_minutes: number | null; readonly session_absolute_minutes: number | null },
    wanted: OrganizationUpdateBody['sessionLength'],
  ) {
    if (wanted === undefined) return {}
    const { idleMinutes = before.session_idle_minutes, absoluteMinutes = before.session_absolute_minutes } = wanted
    this.checkSessionLength({ idleMinutes, absoluteMinutes })
    return { session_idle_minutes: idleMinutes, session_absolute_minutes: absoluteMinutes }
  }
}

function limitsOf(seats: Seats): Record<SeatKind, number | null> {
  return { editor: seats.editor.limit, viewer: seats.viewer.limit }
}

/** The general settings after a change. */
function withUpdate(current: GeneralSettings, update: OrganizationUpdate): GeneralSettings {
  const { idleMinutes = current.sessionIdleMinutes, absoluteMinutes = current.sessionAbsoluteMinutes } =
    update.sessionLength ?? {}
  return {
    name: update.name?.trim() ?? current.name,
    defaultRole: update.defaultRole ?? current.defaultRole,
    secondFactorRequired: update.secondFactorRequired ?? current.secondFactorRequired,
    takesJoinRequests: update.takesJoinRequests ?? current.takesJoinRequests,
    sessionIdleMinutes: idleMinutes,
    sessionAbsoluteMinutes: absoluteMinutes,
  }
}

/** The limits after a change; throws `conflict` when somebody would lose their seat. */
function readSeatLimits(seats: Seats, wanted: OrganizationUpdateBody['seats']) {
  const limits = limitsOf(seats)
  for (const kind of SEAT_KINDS) {
    const limit = wanted?.[kind]
    if (limit === undefined) continue
    const decision = decideSeatLimit(seats, kind, limit)
    if (!decision.allowed) throw new AppError('conflict', decision.reason, { details: { rule: decision.rule } })
    limits[kind] = limit
  }
  return limits
}
