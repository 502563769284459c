import { createHash } from 'node:crypto'
import { AppError, type RefusalRule } from '@graticule/contract'
import { canonicalJson } from '../../platform/cache/cache-key.ts'

/** A plan with the version by which whoever looked at it carries out just that. */
export function withVersion<Plan extends object>(plan: Plan): Plan & { version: string } {
  return { ...plan, version: createHash('sha256').update(canonicalJson(plan)).digest('hex') }
}

/** Throws `conflict` when a change would do something else by now than what was looked at; undefined: nothing was. */
export function requireSamePlan(plan: object, planVersion: string | undefined, rule: RefusalRule): void {
  if (planVersion === undefined || withVersion(plan).version === planVersion) return
  const sentence = 'What this would do has changed since you looked at the plan; look at it again, then save it.'
  throw new AppError('conflict', sentence, { details: { rule } })
}
