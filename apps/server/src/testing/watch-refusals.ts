import { findRefusalRule, REFUSAL_STATUSES, SCIM_REFUSAL_SCHEMA } from '@graticule/contract'
import type { LightMyRequestResponse } from 'fastify'
import type { App } from '../http/server.ts'

/** What people wrote themselves, such as a name, may hold anything. */
const QUOTED = /"[^"]*"|“[^”]*”/g
const ANOTHER_SENTENCE = /[.!?]["”)]?\s+\S/

/** Whether a text is a single sentence, whatever the names in it hold. */
export function isOneSentence(text: string): boolean {
  return !text.includes('\n') && !ANOTHER_SENTENCE.test(text.replaceAll(QUOTED, '""'))
}

/**
 * What is wrong with an answer that tells somebody what they did wrong; null when nothing is, or when it is none of ours.
 * Each is one sentence; what is refused by a rule names it, and the others have their code.
 */
export function describeBadRefusal({ statusCode, headers, body }: LightMyRequestResponse): string | null {
  const isJson = /^application\/(scim\+)?json/.test(String(headers['content-type']))
  if (statusCode < 400 || statusCode >= 500 || !isJson || body === '') return null
  const parsed = JSON.parse(body)
  // SCIM says the same in the words of its standard, with ours beside them.
  const isScim = String(headers['content-type']).startsWith('application/scim+json')
  const { error, details } = isScim ? { error: parsed.detail, details: parsed[SCIM_REFUSAL_SCHEMA] } : parsed
  if (typeof error !== 'string') return `A refusal says nothing: ${body}`
  if (!isOneSentence(error)) return `A refusal is more than one sentence: ${error}`
  if (!REFUSAL_STATUSES.some((status) => status === statusCode)) return null
  const rule: unknown = details?.rule
  if (typeof rule !== 'string' || findRefusalRule(rule) === null) return `A refusal names no rule: ${body}`
  return null
}

/** Fails a test in which the application refuses something otherwise than in one sentence that names its rule. */
export function watchRefusals(app: App): void {
  const inject = app.inject.bind(app) as (...parameters: unknown[]) => Promise<LightMyRequestResponse>
  const watched = async (...parameters: unknown[]) => {
    const answer = await inject(...parameters)
    const complaint = describeBadRefusal(answer)
    if (complaint !== null) throw new Error(complaint)
    return answer
  }
  app.inject = watched as App['inject']
}
