import { X509Certificate } from 'node:crypto'
import type { ActivityActor, ActivityLog } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import type { CertificateAuthorityRow } from '../../platform/db/tables.ts'
import { SEALED_COLUMNS } from '../../platform/secrets/sealed-columns.ts'
import type { SecretBox } from '../../platform/secrets/secret-box.ts'
import { addAuthority, findAuthority, putAuthority } from './certificate-authority-store.ts'
import { type CertifiedKey, makeAuthority } from './certify.ts'

/** Who makes an authority, for the log. */
export interface AuthorityChange {
  readonly organizationId: string
  readonly actor: ActivityActor
  readonly requestId: string
}

export interface CertificateAuthoritiesOptions {
  readonly store: Store
  readonly secrets: SecretBox
  readonly activity: ActivityLog
  readonly clock: Clock
}

/** An authority without its key. */
export interface PublicAuthority {
  readonly certificate: string
  /** SHA-256, as `openssl x509 -fingerprint -sha256` prints it. */
  readonly fingerprint: string
  readonly createdAt: Date
}

/** The authorities that certify people towards databases: one of each organization, its key sealed like every secret. */
export class CertificateAuthorities {
  readonly #options: CertificateAuthoritiesOptions

  constructor(options: CertificateAuthoritiesOptions) {
    this.#options = options
  }

  async find(organizationId: string): Promise<PublicAuthority | null> {
    const row = await findAuthority(this.#options.store, organizationId)
    return row && show(row)
  }

  /** The authority of an organization, which is made if there is none. */
  async ensure(change: AuthorityChange): Promise<PublicAuthority> {
    const known = await this.find(change.organizationId)
    if (known !== null) return known
    const row = await this.#make(change.organizationId)
    return this.#options.store.transaction().execute(async (transaction) => {
      const kept = await addAuthority(transaction, row)
      if (kept.id === row.id) await this.#record(transaction, change, 'certificate-authority.created', row)
      return show(kept)
    })
  }

  /** Makes an authority in place of the one there is, which certifies nobody any more. */
  async replace(change: AuthorityChange): Promise<PublicAuthority> {
    const row = await this.#make(change.organizationId)
    await this.#options.store.transaction().execute(async (transaction) => {
      await putAuthority(transaction, row)
      await this.#record(transaction, change, 'certificate-authority.replaced', row)
    })
    return show(row)
  }

  /** With its key, for certifying; null when there is none. */
  async open(organizationId: string): Promise<(CertifiedKey & { readonly id: string }) | null> {
    const row = await findAuthority(this.#options.store, organizationId)
    if (row === null) return null
    const privateKey = this.#options.secrets.open(
      row.sealed_private_key,
      SEALED_COLUMNS.certificateAuthority.in(row.id),
    )
    return { id: row.id, certificate: row.certificate, privateKey }
  }

  async #make(organizationId: string): Promise<CertificateAuthorityRow> {
    const now = this.#options.clock.now()
    const { certificate, privateKey } = await makeAuthority(organizationId, now)
    const id = createId()
    const sealed = this.#options.secrets.seal(privateKey, SEALED_COLUMNS.certificateAuthority.in(id))
    return { organization_id: organizationId, id, certificate, sealed_private_key: sealed, created_at: now }
  }

  #record(transaction: Store, change: AuthorityChange, type: string, row: CertificateAuthorityRow): Promise<void> {
    const { actor, organizationId, requestId } = change
    const { fingerprint } = show(row)
    return this.#options.activity.record(transaction, {
      ...{ organizationId, actor, requestId, type },
      ...{ assetType: 'organization', assetId: organizationId, details: { fingerprint } },
    })
  }
}

function show({ certificate, created_at: createdAt }: CertificateAuthorityRow): PublicAuthority {
  return { certificate, createdAt, fingerprint: new X509Certificate(certificate).fingerprint256 }
}
