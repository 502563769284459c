import { type AccessRequestBody, type AccessRequestSummary, AppError } from '@graticule/contract'
import { can, decideAccessRequest, type UserPrincipal } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import type { Mailer } from '../../platform/mail/mailer.ts'
import type { GovernanceRules } from '../governance/governance-rules.ts'
import type { MapService } from '../maps/map-service.ts'
import { accessRequestMail } from './access-request-mail.ts'
import {
  countOpenOf,
  decideRequest,
  deleteRequests,
  deleteRequestsOf,
  findOpenFor,
  insertRequest,
  listOpenFor,
  type OpenRequest,
} from './access-request-store.ts'

/** Of one person; more are answered like the others and not kept. */
const MAX_OPEN = 50
const MAX_LISTED = 200
const FORGET_AFTER_MS = 90 * 24 * 60 * 60_000

export interface AccessRequestServiceOptions {
  readonly store: Store
  readonly maps: MapService
  readonly governance: GovernanceRules
  readonly activity: ActivityLog
  readonly clock: Clock
  readonly mailer: Mailer
  readonly findPersonName: (principal: UserPrincipal) => Promise<string>
  readonly onError: (error: unknown) => void
}

/** Requests for access to maps: from whoever came to one by its link, to whoever owns it (ADR 0022). */
export class AccessRequestService {
  readonly #options: AccessRequestServiceOptions
  readonly #underWay = new Set<Promise<void>>()

  constructor(options: AccessRequestServiceOptions) {
    this.#options = options
  }

  /**
   * Passes a request on if there is such a map. Returns before it looks and tells nothing, so that neither the answer nor
   * its time says whether there is. Throws 403 where the organization lets nobody ask.
   */
  async request(caller: UserCaller, mapId: string, body: AccessRequestBody, baseUrl: string): Promise<void> {
    await this.#options.governance.check(caller.principal, decideAccessRequest)
    const passing = this.#passOn(caller, mapId, body.message?.trim() ?? '', baseUrl)
      .catch(this.#options.onError)
      .finally(() => this.#underWay.delete(passing))
    this.#underWay.add(passing)
  }

  /** Resolves when what was asked so far has been passed on. */
  async settle(): Promise<void> {
    await Promise.all(this.#underWay)
  }

  /** What waits for an answer of this person's. */
  async list(principal: UserPrincipal): Promise<AccessRequestSummary[]> {
    return (await listOpenFor(this.#options.store, principal.userId, MAX_LISTED)).map(toSummary)
  }

  /** Shares the map with whoever asked, until then or for good. 404 for a request that is not the caller's to answer. */
  async grant(caller: UserCaller, id: string, expiresAt: Date | null): Promise<void> {
    const { clock, maps } = this.#options
    if (expiresAt !== null && expiresAt <= clock.now()) {
      throw new AppError('invalid_request', 'This end lies in the past. Choose a later one, or none.')
    }
    const request = await this.#find(caller, id)
    await maps.shareWith(caller, request.map_id, request.requester_id, expiresAt, (transaction) =>
      this.#decide(transaction, caller, request, 'access.granted', {
        requesterId: request.requester_id,
        expiresAt: expiresAt?.toISOString() ?? null,
      }),
    )
  }

  /** Answers with nothing; whoever asked is not told. */
  async decline(caller: UserCaller, id: string): Promise<void> {
    const request = await this.#find(caller, id)
    await this.#options.store
      .transaction()
      .execute((transaction) =>
        this.#decide(transaction, caller, request, 'access.declined', { requesterId: request.requester_id }),
      )
  }

  /** Forgets what somebody asked who is being deleted. */
  async forgetPerson(transaction: Store, userId: string): Promise<void> {
    await deleteRequestsOf(transaction, userId)
  }

  /** Forgets what was asked three months ago. */
  async sweep(): Promise<void> {
    await deleteRequests(this.#options.store, new Date(this.#options.clock.now().getTime() - FORGET_AFTER_MS))
  }

  async #passOn(caller: UserCaller, mapId: string, message: string, baseUrl: string): Promise<void> {
    const { activity, clock, findPersonName, mailer, maps, store } = this.#options
    const { principal } = caller
    const [found] = await maps.listShareable([mapId])
    if (!found || found.asset.organizationId !== principal.organizationId || found.owner === null) return
    if (can(principal, 'map.read', found.asset).allowed) return
    if ((await countOpenOf(store, principal.userId)) >= MAX_OPEN) return
    const isNew = await store.transaction().execute(async (transaction) => {
      await this.#options.governance.hold(transaction, principal, decideAccessRequest)
      const isInserted = await insertRequest(transaction, {
        id: createId(),
        organization_id: principal.organizationId,
        map_id: mapId,
        requester_id: principal.userId,
        message,
        created_at: clock.now(),
        decided_at: null,
      })
      if (isInserted) {
        await activity.record(transaction, {
          organizationId: principal.organizationId,
          actor: actorOf(principal),
          type: 'access.requested',
          assetType: 'map',
          assetId: mapId,
          requestId: caller.requestId,
        })
      }
      return isInserted
    })
    if (!isNew) return
    await mailer.deliver(
      accessRequestMail({
        organizationId: principal.organizationId,
        owner: found.owner,
        requesterName: await findPersonName(principal),
        mapTitle: found.name,
        message,
        link: `${baseUrl}/settings/requests`,
      }),
    )
  }

  async #find(caller: UserCaller, id: string): Promise<OpenRequest> {
    const request = await findOpenFor(this.#options.store, caller.principal.userId, id)
    if (request) return request
    throw new AppError('not_found', 'There is no such request; it may have been answered already.')
  }

  async #decide(
    transaction: Store,
    caller: UserCaller,
    request: OpenRequest,
    type: string,
    details: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const { activity, clock } = this.#options
    if (!(await decideRequest(transaction, request.id, clock.now()))) {
      throw new AppError('conflict', 'This request has been answered already. Load the page again.')
    }
    await activity.record(transaction, {
      organizationId: caller.principal.organizationId,
      actor: actorOf(caller.principal),
      type,
      assetType: 'map',
      assetId: request.map_id,
      requestId: caller.requestId,
      details: { title: request.map_title, ...details },
    })
  }
}

function toSummary(row: OpenRequest): AccessRequestSummary {
  return {
    id: row.id,
    map: { id: row.map_id, title: row.map_title },
    requester: { id: row.requester_id, name: row.requester_name, email: row.requester_email },
    message: row.message,
    createdAt: row.created_at.toISOString(),
  }
}
