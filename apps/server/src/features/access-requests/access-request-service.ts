import {
  type AccessRequestBody,
  type AccessRequestSummary,
  AppError,
  type RequestableKind,
  type RequestedAccess,
} from '@graticule/contract'
import {
  can,
  decideAccessRequest,
  decideRequestable,
  READ_ACTION,
  requestedAction,
  type ShareableAsset,
  type UserPrincipal,
} from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import type { Mailer } from '../../platform/mail/mailer.ts'
import type { GovernanceRules } from '../governance/governance-rules.ts'
import type { NamedAsset } from '../sharing/shareable-assets.ts'
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

/** What a kind of asset does so that people can ask for it. */
export interface RequestableAssets {
  listShareable(ids: readonly string[]): Promise<NamedAsset[]>
  /** Shares it with one person more, for good or until a time; what happens besides belongs to the same transaction. */
  shareWith(
    caller: UserCaller,
    id: string,
    userId: string,
    expiresAt: Date | null,
    besides: (transaction: Store) => Promise<void>,
  ): Promise<void>
}

export interface AccessRequestServiceOptions {
  readonly store: Store
  readonly kinds: Readonly<Record<RequestableKind, RequestableAssets>>
  /** Lets everybody edit a map who may open it and whose role makes maps; what happens besides is of the same transaction. */
  readonly openEditing: (
    caller: UserCaller,
    mapId: string,
    besides: (transaction: Store) => Promise<void>,
  ) => Promise<void>
  readonly governance: GovernanceRules
  readonly activity: ActivityLog
  readonly clock: Clock
  readonly mailer: Mailer
  readonly findPersonName: (principal: UserPrincipal) => Promise<string>
  readonly onError: (error: unknown) => void
}

/** Requests for access: from whoever came to something by its link, to whoever owns it (ADR 0022). */
export class AccessRequestService {
  readonly #options: AccessRequestServiceOptions
  readonly #underWay = new Set<Promise<void>>()

  constructor(options: AccessRequestServiceOptions) {
    this.#options = options
  }

  /**
   * Passes a request on if there is such an asset. Returns before it looks and tells nothing, so that neither the answer
   * nor its time says whether there is. Throws 403 where the organization lets nobody ask, and for what the caller's role
   * can never be given, whichever asset it is.
   */
  async request(caller: UserCaller, body: AccessRequestBody, baseUrl: string): Promise<void> {
    const { kind, wanted = 'open' } = body
    const decision = decideRequestable(caller.principal, kind, wanted)
    if (!decision.allowed) throw new AppError('forbidden', decision.reason, { details: { rule: decision.rule } })
    await this.#options.governance.check(caller.principal, decideAccessRequest)
    const passing = this.#passOn(caller, body, baseUrl)
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

  /**
   * Shares the asset with whoever asked, until then or for good, or opens a map to editing. 404 for a request that is not
   * the caller's to answer.
   */
  async grant(caller: UserCaller, id: string, expiresAt: Date | null): Promise<void> {
    const { clock, kinds, openEditing } = this.#options
    if (expiresAt !== null && expiresAt <= clock.now()) {
      throw new AppError('invalid_request', 'This end lies in the past; choose a later one, or none.')
    }
    const request = await this.#find(caller, id)
    const { asset_id: assetId, asset_kind: kind, requester_id: requesterId, wanted } = request
    const note = (transaction: Store) =>
      this.#decide(transaction, caller, request, 'access.granted', {
        requesterId,
        expiresAt: expiresAt?.toISOString() ?? null,
      })
    if (wanted === 'open') {
      await kinds[kind].shareWith(caller, assetId, requesterId, expiresAt, note)
      return
    }
    if (expiresAt !== null) {
      const sentence =
        'Editing is let to everybody who may open the map, so it has no end: end it in the map’s sharing.'
      throw new AppError('invalid_request', sentence, { details: { rule: 'access-request.edit-without-end' } })
    }
    await openEditing(caller, assetId, note)
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

  async #passOn(caller: UserCaller, { id: assetId, kind, message, wanted }: AccessRequestBody, baseUrl: string) {
    const { activity, clock, findPersonName, kinds, mailer, store } = this.#options
    const { principal } = caller
    const [found] = await kinds[kind].listShareable([assetId])
    if (!found || found.asset.organizationId !== principal.organizationId || found.owner === null) return
    const missing = missingAccess(principal, found.asset, kind, wanted ?? 'open')
    if (missing === null) return
    const words = message?.trim() ?? ''
    if ((await countOpenOf(store, principal.userId)) >= MAX_OPEN) return
    const isNew = await store.transaction().execute(async (transaction) => {
      await this.#options.governance.hold(transaction, principal, decideAccessRequest)
      const isInserted = await insertRequest(transaction, {
        id: createId(),
        organization_id: principal.organizationId,
        asset_kind: kind,
        asset_id: assetId,
        wanted: missing,
        requester_id: principal.userId,
        message: words,
        created_at: clock.now(),
        decided_at: null,
      })
      if (isInserted) {
        await activity.record(transaction, {
          organizationId: principal.organizationId,
          actor: actorOf(principal),
          type: 'access.requested',
          assetType: kind,
          assetId,
          requestId: caller.requestId,
          details: { wanted: missing },
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
        kind,
        title: found.name,
        wanted: missing,
        message: words,
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
      throw new AppError('conflict', 'This request has been answered already; load the page again.', {
        details: { rule: 'access-request.answered' },
      })
    }
    await activity.record(transaction, {
      organizationId: caller.principal.organizationId,
      actor: actorOf(caller.principal),
      type,
      assetType: request.asset_kind,
      assetId: request.asset_id,
      requestId: caller.requestId,
      details: { title: request.asset_title, wanted: request.wanted, ...details },
    })
  }
}

/** What they still need of what they want: whoever may not even open it is let do that first. Null for nothing. */
function missingAccess(
  principal: UserPrincipal,
  asset: ShareableAsset,
  kind: RequestableKind,
  wanted: RequestedAccess,
): RequestedAccess | null {
  if (!can(principal, READ_ACTION[kind], asset).allowed) return 'open'
  const action = requestedAction(kind, wanted)
  return action === null || can(principal, action, asset).allowed ? null : wanted
}

function toSummary(row: OpenRequest): AccessRequestSummary {
  return {
    id: row.id,
    asset: { kind: row.asset_kind, id: row.asset_id, title: row.asset_title },
    wanted: row.wanted,
    requester: { id: row.requester_id, name: row.requester_name, email: row.requester_email },
    message: row.message,
    createdAt: row.created_at.toISOString(),
  }
}
