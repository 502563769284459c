import { X509Certificate } from 'node:crypto'
import {
  AppError,
  type IdentityProviderCreateBody,
  type IdentityProviderSummary,
  type IdentityProviderUpdateBody,
} from '@graticule/contract'
import type { Action, UserPrincipal } from '@graticule/policy'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { type Store, toJson } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import { isUniqueViolation } from '../../platform/db/store-errors.ts'
import type { IdentityProviderRow } from '../../platform/db/tables.ts'
import { hashToken } from '../../platform/secrets/bearer-tokens.ts'
import { SEALED_COLUMNS } from '../../platform/secrets/sealed-columns.ts'
import { Secret } from '../../platform/secrets/secret.ts'
import type { SecretBox } from '../../platform/secrets/secret-box.ts'
import type { OrganizationService } from '../organizations/organization-service.ts'
import type { UserService } from '../users/user-service.ts'
import type { EnforcementService } from './enforcement-service.ts'
import { forgetRefreshTokensOf } from './external-identity-store.ts'
import type { IdentityProviderStore } from './identity-provider-store.ts'
import {
  changeInput,
  isSameSpeaker,
  isUnchanged,
  type LdapSettings,
  type OidcSettings,
  type ProviderInput,
  type ProviderSettings,
  readInput,
  refreshClientOf,
  type SamlSettings,
} from './provider-settings.ts'

/** What is the same about every identity provider, whatever it speaks. */
interface ProviderFacts {
  readonly id: string
  readonly organizationId: string
  readonly name: string
  /** Of everybody who comes in for the first time: one of these, in lower case, must be their e-mail's. */
  readonly domains: readonly string[]
  readonly defaultRole: IdentityProviderRow['default_role']
  /** The claim or attribute that holds somebody's groups; null when it tells none. */
  readonly groupsClaim: string | null
  /** Whether an admin states that it vouches for the e-mails that it tells; never for one that can say so itself. */
  readonly areEmailsVerified: boolean
  readonly isEnabled: boolean
  /** Changes with its settings. */
  readonly version: string
}

/** One that speaks OpenID Connect. */
export interface OidcProvider extends ProviderFacts {
  readonly kind: 'oidc'
  /** The databases, as host:port, to which its tokens may be sent as passwords. */
  readonly tokenPlaces: readonly string[]
  readonly settings: OidcSettings
}

/** One that speaks SAML. */
export interface SamlProvider extends ProviderFacts {
  readonly kind: 'saml'
  readonly settings: SamlSettings
}

/** A directory that speaks LDAP. */
export interface LdapProvider extends ProviderFacts {
  readonly kind: 'ldap'
  readonly settings: LdapSettings
}

/** An identity provider that people may come through, with its settings at hand; the kind is its login method. */
export type IdentityProvider = OidcProvider | SamlProvider | LdapProvider

interface Asker {
  readonly principal: UserPrincipal
  readonly requestId: string
  readonly signal: AbortSignal
}

export interface IdentityProviderServiceOptions {
  readonly providers: IdentityProviderStore
  readonly store: Store
  readonly activity: ActivityLog
  readonly clock: Clock
  readonly secretBox: SecretBox
  readonly users: UserService
  readonly enforcement: EnforcementService
  readonly organizations: OrganizationService
  /** Throws when the person's present role does not allow the action; if it does, keeps it until the end. */
  readonly holdRight: (transaction: Store, principal: UserPrincipal, action: Action) => Promise<void>
  /** Gives the groups of a provider that is being deleted into the hands of people here; answers their names. */
  readonly releaseGroups: (transaction: Store, providerId: string) => Promise<string[]>
  /** Looks the provider up as a sign-in would. Throws `invalid_request` with what is wrong and where. */
  readonly lookUp: (input: ProviderInput, asker: Asker) => Promise<ProviderSettings>
}

const MANAGE = 'identity-provider.manage'
const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443, 'ldap:': 389, 'ldaps:': 636 }

/** Sets up the identity providers of an organization, and finds them for those who sign in. */
export class IdentityProviderService {
  readonly #options: IdentityProviderServiceOptions

  constructor(options: IdentityProviderServiceOptions) {
    this.#options = options
  }

  async list(principal: UserPrincipal): Promise<IdentityProviderSummary[]> {
    return (await this.#options.providers.list(principal.organizationId)).map(toSummary)
  }

  async create(asker: Asker, body: IdentityProviderCreateBody): Promise<IdentityProviderSummary> {
    const { activity, clock, holdRight, organizations, providers, store } = this.#options
    const { principal } = asker
    const settings = await this.#options.lookUp(readInput(body), asker)
    const id = createId()
    const now = clock.now()
    const row = await store
      .transaction()
      .execute(async (transaction) => {
        await holdRight(transaction, principal, MANAGE)
        const inserted = await providers.insert(transaction, {
          id,
          organization_id: principal.organizationId,
          kind: body.kind,
          name: body.name.trim(),
          ...this.#toColumns(id, settings),
          domains: toJson(tidyDomains(body.domains)),
          default_role:
            body.defaultRole ?? (await organizations.readDefaultRole(principal.organizationId, transaction)),
          groups_claim: body.groupsClaim?.trim() ?? null,
          emails_verified: body.kind !== 'oidc' && (body.emailsVerified ?? false),
          token_places: toJson(tidyPlaces(body.kind === 'oidc' ? (body.tokenPlaces ?? []) : [])),
          enabled: body.enabled ?? true,
          created_at: now,
          updated_at: now,
        })
        await activity.record(transaction, {
          ...describe(asker, inserted),
          type: 'identity-provider.created',
          details: {
            name: inserted.name,
            issuer: inserted.issuer,
            domains: inserted.domains,
            ...(inserted.emails_verified && { emailsVerified: true }),
            ...(inserted.token_places.length > 0 && { tokenPlaces: inserted.token_places }),
          },
        })
        return inserted
      })
      .catch(refuseTakenName)
    return toSummary(row)
  }

  /** What is left out of the changes stays. New settings are looked up first and have to be tested anew. */
  async update(asker: Asker, id: string, changes: IdentityProviderUpdateBody): Promise<IdentityProviderSummary> {
    const { activity, clock, holdRight, lookUp, providers, store } = this.#options
    const { principal } = asker
    const before = await this.get(principal, id)
    const input = changeInput(before.settings, changes)
    const found = input === null ? null : await lookUp(input, asker)
    const settings = found === null || isUnchanged(before.settings, found) ? null : found
    // What was stated of one provider is not stated of another.
    const isOther = settings !== null && !isSameSpeaker(before.settings, settings)
    const emailsVerified = changes.emailsVerified ?? (isOther ? false : undefined)
    const row = await store
      .transaction()
      .execute(async (transaction) => {
        await this.#options.users.holdSeats(transaction, principal.organizationId)
        await holdRight(transaction, principal, MANAGE)
        const locked = await providers.lock(transaction, principal.organizationId, id)
        if (locked === null) throw providerNotFound()
        // Whom tokens were promised to is not who would get them now.
        const isOtherClient = settings?.kind === 'oidc' && refreshClientOf(settings) !== clientOf(locked)
        const tokenPlaces = changes.tokenPlaces ?? (isOtherClient ? [] : undefined)
        const updated = await providers.update(transaction, id, {
          updated_at: clock.now(),
          ...(changes.name === undefined ? {} : { name: changes.name.trim() }),
          ...(changes.domains === undefined ? {} : { domains: toJson(tidyDomains(changes.domains)) }),
          ...(changes.defaultRole === undefined ? {} : { default_role: changes.defaultRole }),
          ...(changes.groupsClaim === undefined ? {} : { groups_claim: changes.groupsClaim?.trim() ?? null }),
          ...(emailsVerified === undefined ? {} : { emails_verified: emailsVerified }),
          ...(tokenPlaces === undefined ? {} : { token_places: toJson(tidyPlaces(tokenPlaces)) }),
          ...(changes.enabled === undefined ? {} : { enabled: changes.enabled }),
          ...(settings === null ? {} : { ...this.#toColumns(id, settings), tested_at: null }),
        })
        if (isOtherClient || !updated.enabled || updated.token_places.length === 0) {
          await forgetRefreshTokensOf(transaction, id)
        }
        await this.#options.enforcement.requireWayIn(transaction, principal.organizationId)
        await activity.record(transaction, {
          ...describe(asker, updated),
          type: 'identity-provider.updated',
          details: {
            name: updated.name,
            changed: Object.keys(changes),
            ...(updated.emails_verified !== locked.emails_verified && { emailsVerified: updated.emails_verified }),
            ...(tokenPlaces !== undefined && { tokenPlaces: updated.token_places }),
          },
        })
        return updated
      })
      .catch(refuseTakenName)
    return toSummary(row)
  }

  /**
   * People who came through it stay, and come back when a provider with the same issuer is set up again. Its groups stay
   * too, and are changed by hand from now on.
   */
  async remove(asker: Asker, id: string): Promise<void> {
    const { activity, holdRight, providers, store } = this.#options
    await store.transaction().execute(async (transaction) => {
      await this.#options.users.holdSeats(transaction, asker.principal.organizationId)
      await holdRight(transaction, asker.principal, MANAGE)
      const row = await providers.lock(transaction, asker.principal.organizationId, id)
      if (row === null) throw providerNotFound()
      const releasedGroups = await this.#options.releaseGroups(transaction, id)
      await providers.delete(transaction, id)
      await this.#options.enforcement.requireWayIn(transaction, asker.principal.organizationId)
      await activity.record(transaction, {
        ...describe(asker, row),
        type: 'identity-provider.deleted',
        details: { name: row.name, issuer: row.issuer, releasedGroups },
      })
    })
  }

  /** Those that the sign-in page offers to somebody who has, or has not yet, told their e-mail. */
  async listOffered(email: string | undefined): Promise<Pick<IdentityProvider, 'id' | 'kind' | 'name'>[]> {
    const domain = email === undefined ? null : domainOf(email)
    return this.#options.providers.listOffered(domain)
  }

  /** A provider by its id, whether or not it is offered; null when there is none. */
  async find(id: string): Promise<IdentityProvider | null> {
    const row = await this.#options.providers.find(id)
    return row === null ? null : this.#open(row)
  }

  /** Where an organization's enabled providers are asked, by their names; one of SAML is asked nothing. */
  async listDestinations(
    organizationId: string,
    store: Store = this.#options.store,
  ): Promise<{ host: string; port: number; name: string }[]> {
    const rows = await this.#options.providers.list(organizationId, store)
    return rows.flatMap(({ enabled, issuer, kind, ldap, name }) => {
      const url = enabled && kind !== 'saml' ? URL.parse(ldap?.url ?? issuer) : null
      if (url === null) return []
      return [{ host: url.hostname, port: Number(url.port || DEFAULT_PORTS[url.protocol]), name }]
    })
  }

  /** The databases, as host:port, to which an organization's enabled providers let their tokens be sent. */
  async listTokenPlaces(organizationId: string, store: Store = this.#options.store): Promise<ReadonlySet<string>> {
    const rows = await this.#options.providers.list(organizationId, store)
    return new Set(rows.flatMap(({ enabled, token_places }) => (enabled ? token_places : [])))
  }

  /** The id of an enabled provider that lets its tokens be sent to a database; null when none does. */
  async findTokenProvider(organizationId: string, place: string): Promise<string | null> {
    const rows = await this.#options.providers.list(organizationId)
    return rows.find(({ enabled, token_places }) => enabled && token_places.includes(place))?.id ?? null
  }

  /** One of the organization's own; throws `not_found` for any other. */
  async get(principal: UserPrincipal, id: string): Promise<IdentityProvider> {
    return this.#open(await this.#findOwn(principal, id))
  }

  /** Those of every organization that know the issuer under one of the client ids. */
  async listByClient(issuer: string, clientIds: readonly string[]): Promise<OidcProvider[]> {
    const rows = await this.#options.providers.listByClient(issuer, clientIds)
    return rows.map((row) => this.#open(row)).filter((provider) => provider.kind === 'oidc')
  }

  /**
   * Notes that an admin signed in through it as a test. False when its settings are no longer those that were tested.
   */
  async noteTested(provider: IdentityProvider, testerId: string, requestId: string | undefined): Promise<boolean> {
    const { activity, clock, providers, store } = this.#options
    return store.transaction().execute(async (transaction) => {
      const row = await providers.lock(transaction, provider.organizationId, provider.id)
      if (row === null || this.#open(row).version !== provider.version) return false
      await providers.update(transaction, row.id, { tested_at: clock.now() })
      await activity.record(transaction, {
        organizationId: provider.organizationId,
        actor: { kind: 'user', id: testerId },
        type: 'identity-provider.tested',
        assetType: 'identity-provider',
        assetId: provider.id,
        requestId,
        details: { name: provider.name, outcome: 'succeeded' },
      })
      return true
    })
  }

  #open(row: IdentityProviderRow): IdentityProvider {
    const facts = {
      id: row.id,
      organizationId: row.organization_id,
      name: row.name,
      domains: row.domains,
      defaultRole: row.default_role,
      groupsClaim: row.groups_claim,
      areEmailsVerified: row.emails_verified,
      isEnabled: row.enabled,
      // A secret that is entered again is sealed into another text.
      version: hashToken(JSON.stringify([row.id, row.issuer, row.client_id, row.client_secret, row.saml, row.ldap])),
    }
    const { issuer, ldap, saml } = row
    if (row.kind === 'oidc') {
      const clientSecret = this.#openSecret(row)
      const settings = { kind: 'oidc', issuer, clientId: row.client_id ?? '', clientSecret } as const
      return { ...facts, kind: 'oidc', tokenPlaces: row.token_places, settings }
    }
    if (row.kind === 'ldap') {
      const bindPassword = this.#openSecret(row)
      if (ldap === null || bindPassword === null) throw new Error(`The directory ${row.id} has no settings.`)
      return { ...facts, kind: 'ldap', settings: { kind: 'ldap', issuer, ...ldap, bindPassword } }
    }
    if (saml === null) throw new Error(`The SAML provider ${row.id} has no settings.`)
    return { ...facts, kind: 'saml', settings: { kind: 'saml', issuer, ...saml } }
  }

  /** How the settings are kept. */
  #toColumns(id: string, settings: ProviderSettings) {
    if (settings.kind === 'saml') {
      const { kind: _, issuer, ...saml } = settings
      return { issuer, client_id: null, client_secret: null, saml: toJson(saml), ldap: null }
    }
    if (settings.kind === 'ldap') {
      const { kind: _, issuer, bindPassword, ...ldap } = settings
      const sealed = this.#options.secretBox.seal(bindPassword.reveal(), SEALED_COLUMNS.identityProviderSecret.in(id))
      return { issuer, client_id: null, client_secret: sealed, saml: null, ldap: toJson(ldap) }
    }
    const { issuer, clientId, clientSecret } = settings
    const sealed =
      clientSecret && this.#options.secretBox.seal(clientSecret.reveal(), SEALED_COLUMNS.identityProviderSecret.in(id))
    return { issuer, client_id: clientId, client_secret: sealed, saml: null, ldap: null }
  }

  #openSecret(row: IdentityProviderRow): Secret | null {
    if (row.client_secret === null) return null
    return new Secret(this.#options.secretBox.open(row.client_secret, SEALED_COLUMNS.identityProviderSecret.in(row.id)))
  }

  async #findOwn(principal: UserPrincipal, id: string): Promise<IdentityProviderRow> {
    const row = await this.#options.providers.find(id)
    if (row === null || row.organization_id !== principal.organizationId) throw providerNotFound()
    return row
  }
}

function clientOf({ client_id, issuer }: IdentityProviderRow): string {
  return refreshClientOf({ issuer, clientId: client_id ?? '' })
}

/** What comes after the last @, in lower case; empty for what is no e-mail. */
export function domainOf(email: string): string {
  const at = email.lastIndexOf('@')
  return at < 1 ? '' : email.slice(at + 1).toLowerCase()
}

function providerNotFound(): AppError {
  return new AppError('not_found', 'There is no such identity provider; it may have been deleted.')
}

function refuseTakenName(error: unknown): never {
  if (!isUniqueViolation(error, 'identity_providers_name')) throw error
  throw new AppError('conflict', 'Another identity provider has this name; choose a name that people can tell apart.', {
    details: { rule: 'identity-provider.name' },
  })
}

function tidyDomains(domains: readonly string[]): string[] {
  return [...new Set(domains.map((domain) => domain.toLowerCase()))]
}

/** As connections are compared with them. */
function tidyPlaces(places: readonly string[]): string[] {
  return [...new Set(places.map((place) => place.toLowerCase()))]
}

function describe(asker: Asker, row: IdentityProviderRow) {
  return {
    organizationId: row.organization_id,
    actor: actorOf(asker.principal),
    assetType: 'identity-provider',
    assetId: row.id,
    requestId: asker.requestId,
  }
}

function toSummary(row: IdentityProviderRow): IdentityProviderSummary {
  const facts = {
    id: row.id,
    name: row.name,
    issuer: row.issuer,
    domains: row.domains,
    defaultRole: row.default_role,
    groupsClaim: row.groups_claim,
    enabled: row.enabled,
    testedAt: row.tested_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }
  const emailsVerified = row.emails_verified
  if (row.ldap !== null) return { kind: 'ldap', ...facts, emailsVerified, ...row.ldap }
  if (row.saml === null) {
    const hasClientSecret = row.client_secret !== null
    return { kind: 'oidc', ...facts, clientId: row.client_id ?? '', hasClientSecret, tokenPlaces: row.token_places }
  }
  const { certificates, ...settings } = row.saml
  return { kind: 'saml', ...facts, emailsVerified, ...settings, certificates: certificates.map(describeCertificate) }
}

function describeCertificate(pem: string) {
  const { fingerprint256, validTo } = new X509Certificate(pem)
  return { pem, fingerprint: fingerprint256, validUntil: new Date(validTo).toISOString() }
}
