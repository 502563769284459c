import { AppError } from '@graticule/contract'
import { type ActivityLog, SYSTEM_ACTOR } from '../../platform/activity/activity-log.ts'
import type { CheckpointKeys } from '../../platform/activity/checkpoint-keys.ts'
import type { Checkpoints } from '../../platform/activity/checkpoints.ts'
import { type Verification, verifyChain } from '../../platform/activity/verify-chain.ts'
import type { Store } from '../../platform/db/database.ts'

export interface AuditOptions {
  readonly store: Store
  readonly activity: ActivityLog
  readonly keys: CheckpointKeys
  readonly checkpoints: Checkpoints
}

/**
 * Computes the chains anew and compares them: that of one organization, or all, and always that of the installation.
 * Answers what to print; throws `conflict` with the same text when a chain is not whole.
 */
export async function verifyByOperator(options: AuditOptions, idOrName: string | null): Promise<string> {
  const { store, keys, checkpoints } = options
  const chains = [...(await listChains(store, idOrName)), { chain: '', name: 'the installation' }]
  const lines: string[] = []
  let isWhole = true
  for (const { chain, name } of chains) {
    const verification = await verifyChain(store, keys, checkpoints, chain)
    lines.push(describe(name, verification))
    const { events, problem } = verification
    if (problem !== null) isWhole = false
    await options.activity.record(store, {
      organizationId: chain === '' ? null : chain,
      actor: SYSTEM_ACTOR,
      type: 'activity.verified',
      requestId: 'command-line',
      ...(problem !== null && { outcome: 'error', reasonCode: 'chain_broken' }),
      details: { events, ...(problem !== null && { seq: problem.seq, problem: problem.sentence }) },
    })
  }
  const text = lines.join('\n')
  if (!isWhole) throw new AppError('conflict', text, { details: { rule: 'audit.broken' } })
  return text
}

/** Signs how far every chain has come. Answers the sentence to print. */
export async function checkpointByOperator({ checkpoints }: AuditOptions): Promise<string> {
  const made = await checkpoints.create()
  if (made === 0) return 'Nothing was recorded since the last checkpoints.'
  return made === 1 ? 'Signed a checkpoint of 1 chain.' : `Signed checkpoints of ${made} chains.`
}

async function listChains(store: Store, idOrName: string | null): Promise<{ chain: string; name: string }[]> {
  let query = store.selectFrom('organizations').select(['id as chain', 'name']).orderBy('created_at')
  if (idOrName !== null) {
    query = query.where((expression) =>
      expression.or([expression('id', '=', idOrName), expression('name', '=', idOrName)]),
    )
  }
  const found = await query.execute()
  if (found.length > 0 || idOrName === null) return found.map(({ chain, name }) => ({ chain, name: `"${name}"` }))
  throw new AppError('not_found', `There is no organization "${idOrName}"; nothing was verified.`)
}

function describe(name: string, { checkpoints, erased, events, firstSeq, problem }: Verification): string {
  if (problem !== null) return `The log of ${name} is not whole. ${problem.sentence}`
  const from = firstSeq === '1' ? '' : ` from event ${firstSeq} on`
  const without = erased === 0 ? '' : `, ${erased} of them without what told of a person and was erased`
  return `The log of ${name} is whole${from}: ${events} events${without}, ${checkpoints} checkpoints.`
}
