import { hash } from 'node:crypto'
import { canonicalJson } from '../cache/cache-key.ts'

/** The version of the form below. A new form is a new version; what was chained in an old one is verified in it. */
export const CHAIN_VERSION = 1

/** What the first event of a chain follows. */
export const CHAIN_START = '0'.repeat(64)

/** What is hashed of an event: all of it but for what may be erased, which is there as a salted hash. */
export interface ChainedContent {
  readonly id: string
  readonly organizationId: string | null
  readonly at: Date
  readonly actorKind: string
  readonly actorId: string | null
  readonly type: string
  readonly assetType: string | null
  readonly assetId: string | null
  readonly requestId: string | null
  readonly sessionId: string | null
  readonly outcome: string
  readonly reasonCode: string | null
  readonly decisionId: string | null
  readonly details: Readonly<Record<string, unknown>>
  /** Of what stands in the erasable table, in hexadecimal; null when there is nothing. */
  readonly personalHash: string | null
}

/**
 * The hash of what an event says, in hexadecimal: SHA-256 over its canonical JSON, whose keys are sorted, without
 * spaces, times in ISO 8601 UTC with milliseconds.
 */
export function hashContent(content: ChainedContent): string {
  return sha256(
    canonicalJson({
      actor: { id: content.actorId, kind: content.actorKind },
      asset: { id: content.assetId, type: content.assetType },
      at: content.at.toISOString(),
      decision: content.decisionId,
      details: content.details,
      id: content.id,
      organization: content.organizationId,
      outcome: content.outcome,
      personal: content.personalHash,
      reason: content.reasonCode,
      request: content.requestId,
      session: content.sessionId,
      type: content.type,
      version: CHAIN_VERSION,
    }),
  )
}

/** The link of an event in its chain. The store computes the same (`graticule_chain_activity`) when it commits. */
export function hashLink(link: {
  readonly contentHash: string
  readonly previousHash: string
  readonly seq: string
  readonly supportGrantId: string | null
}): string {
  const { contentHash, previousHash, seq, supportGrantId } = link
  return sha256(
    `{"content":"${contentHash}","prev":"${previousHash}","seq":${seq},"support":${JSON.stringify(supportGrantId)}}`,
  )
}

/** What may be erased of an event, and the salt without which its hash tells nothing once it is gone. */
export interface PersonalData {
  readonly salt: string
  readonly details: Readonly<Record<string, unknown>>
  readonly ipAddress: string | null
  readonly userAgent: string | null
}

/** The hash by which a chain stands for what may be erased. */
export function hashPersonal({ salt, details, ipAddress, userAgent }: PersonalData): string {
  return sha256(canonicalJson({ details, ipAddress, salt, userAgent }))
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex')
}
