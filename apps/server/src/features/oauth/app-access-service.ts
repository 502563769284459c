import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type AppAccess,
  type AppAccessDecision,
  type AppAccessOutcome,
  type AppAccessRequest,
  AppError,
} from '@graticule/contract'
import type { UserPrincipal } from '@graticule/policy'
import type { InteractionResults, Provider } from 'oidc-provider'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import type { SessionService } from '../auth/session-service.ts'
import type { OAuthArtifactStore } from './oauth-artifact-store.ts'
import type { OwnedClientRow } from './oauth-client.ts'
import { OAUTH_SCOPES } from './oauth-client-metadata.ts'
import type { OAuthClientStore } from './oauth-client-store.ts'
import type { OAuthServer } from './oauth-server.ts'

export interface AppAccessServiceOptions {
  readonly artifacts: OAuthArtifactStore
  readonly clients: OAuthClientStore
  readonly server: OAuthServer
  readonly sessions: SessionService
  readonly store: Store
  readonly activity: ActivityLog
  readonly clock: Clock
  readonly onRevoked: () => void
}

/** A browser in the middle of signing in to an application. */
export interface Step {
  readonly provider: Provider
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>

/** Which applications a person lets act as them: asked, decided, listed and taken back. */
export class AppAccessService {
  readonly #options: AppAccessServiceOptions

  constructor(options: AppAccessServiceOptions) {
    this.#options = options
  }

  /** What the application asks. Throws `not_found` for another browser, or too late. */
  async read(step: Step, uid: string, person: UserPrincipal): Promise<AppAccessRequest> {
    const interaction = await findInteraction(step, uid)
    const client = await this.#findClient(interaction, person)
    const scopes = scopesOf(interaction)
    const isPrompted = interaction.prompt.name === 'consent' || asksForConsent(interaction)
    return {
      client: { id: client.id, title: client.title, ownerName: client.owner_name },
      returnsTo: new URL(String(interaction.params.redirect_uri)).host,
      scopes: scopes.filter((scope) => scope === 'profile' || scope === 'email'),
      needsConsent: isPrompted || (await this.#findGrant(step, client.id, person, scopes)) === null,
    }
  }

  /** Lets the application in or not; where the browser goes on with the answer. */
  async decide(
    step: Step,
    uid: string,
    person: UserPrincipal,
    { allow }: AppAccessDecision,
  ): Promise<AppAccessOutcome> {
    const interaction = await findInteraction(step, uid)
    const client = await this.#findClient(interaction, person)
    const result = allow
      ? await this.#letIn(step, interaction, client, person)
      : { error: 'access_denied', error_description: 'The person did not let the application in.' }
    const { provider, request, response } = step
    const redirectTo = await provider.interactionResult(request, response, result, { mergeWithLastSubmission: false })
    return { redirectTo }
  }

  async list({ userId }: UserPrincipal): Promise<AppAccess[]> {
    const rows = await this.#options.artifacts.listConsents(userId, this.#options.clock.now())
    return rows.map(({ givenAt, lastUsedAt, ...row }) => ({
      ...row,
      givenAt: givenAt.toISOString(),
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
    }))
  }

  /** Ends all tokens that the person gave the application: here at once, on other servers within a second. */
  async revoke(person: UserPrincipal, clientId: string, requestId: string): Promise<void> {
    const { activity, artifacts, onRevoked, store } = this.#options
    await store.transaction().execute(async (transaction) => {
      const name = await artifacts.revokeConsent(clientId, person.userId, transaction)
      if (name === null) throw new AppError('not_found', 'There is no such application that you let act as you.')
      await activity.record(transaction, {
        organizationId: person.organizationId,
        actor: actorOf(person),
        type: 'app-access.revoked',
        assetType: 'oauth-client',
        assetId: clientId,
        requestId,
        details: { name },
      })
    })
    onRevoked()
  }

  async #letIn(
    step: Step,
    interaction: Interaction,
    client: OwnedClientRow,
    person: UserPrincipal,
  ): Promise<InteractionResults> {
    const scopes = scopesOf(interaction)
    const known = await this.#findGrant(step, client.id, person, scopes)
    const grant = known ?? new step.provider.Grant({ accountId: person.userId, clientId: client.id })
    grant.addOIDCScope(scopes.join(' '))
    const startedAt = await this.#options.sessions.findStart(person.sessionId)
    const ts = Math.floor((startedAt ?? this.#options.clock.now()).getTime() / 1000)
    return { login: { accountId: person.userId, ts }, consent: { grantId: await grant.save() } }
  }

  /** What the person agreed to before, if it is enough. */
  async #findGrant({ provider }: Step, clientId: string, { userId }: UserPrincipal, scopes: readonly string[]) {
    const grantId = await this.#options.server.findGrantId(clientId, userId)
    const grant = grantId === null ? undefined : await provider.Grant.find(grantId)
    const known = new Set(grant?.getOIDCScope().split(' '))
    return grant !== undefined && scopes.every((scope) => known.has(scope)) ? grant : null
  }

  /** People let in the applications of their organization. */
  async #findClient(interaction: Interaction, person: UserPrincipal): Promise<OwnedClientRow> {
    const client = await this.#options.clients.find(String(interaction.params.client_id))
    if (client === null) throw gone()
    if (client.organization_id !== person.organizationId) {
      throw new AppError(
        'forbidden',
        'This application is of another organization; sign in as somebody of it to go on.',
        { details: { rule: 'organization' } },
      )
    }
    return client
  }
}

async function findInteraction({ provider, request, response }: Step, uid: string): Promise<Interaction> {
  const interaction = await provider.interactionDetails(request, response).catch(() => null)
  if (interaction === null || interaction.uid !== uid) throw gone()
  return interaction
}

function gone(): AppError {
  return new AppError('not_found', 'This sign-in is over, or was begun in another browser; go back to the application.')
}

function scopesOf({ params }: Interaction): string[] {
  const asked = String(params.scope ?? '').split(' ')
  return OAUTH_SCOPES.filter((scope) => asked.includes(scope))
}

function asksForConsent({ params }: Interaction): boolean {
  return String(params.prompt ?? '')
    .split(' ')
    .includes('consent')
}
