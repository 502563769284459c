import { ApiError } from '../../api/api-error.ts'

/** Whether a refusal is about what the public would see, for which there are fields. */
export function isAboutPublication(error: unknown): boolean {
  return ruleOf(error).startsWith('publication.')
}

/** Whether the server wants to be told why more can be seen. */
export function wantsReason(error: unknown): boolean {
  return ruleOf(error) === 'publication.reason'
}

function ruleOf(error: unknown): string {
  const { rule } = (error instanceof ApiError ? (error.details ?? {}) : {}) as { rule?: unknown }
  return typeof rule === 'string' ? rule : ''
}
