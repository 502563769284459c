import type { SeenAnswer } from './asker.ts'

/** What one of the two was answered: past the cache, then twice as usual, with the other's tag, and past it again. */
export interface Replay {
  /** From the warehouse, by `Cache-Control: no-cache`. */
  readonly direct: SeenAnswer
  readonly usual: readonly SeenAnswer[]
  /** With `If-None-Match` of what the other one was given; null when there was no tag. */
  readonly withForeignTag: SeenAnswer | null
  readonly directAgain: SeenAnswer
}

/** What the answers to one question say. */
export interface Verdict {
  readonly kind: 'apart' | 'alike' | 'unsteady' | 'not kept' | 'not answered' | 'shared'
  /** Of `shared`: what must not be. */
  readonly problems: readonly string[]
  readonly hits: number
}

const isSame = (one: SeenAnswer, other: SeenAnswer) => one.status === other.status && one.digest === other.digest
const isAnswered = ({ status }: SeenAnswer) => status === 200 || status === 204

/** Decides whether two people share a key, a tag or bytes although the warehouse tells them different things. */
export function judge([first, second]: readonly [Replay, Replay]): Verdict {
  const hits = [...first.usual, ...second.usual].filter(({ isHit }) => isHit).length
  const verdict = (kind: Verdict['kind'], problems: readonly string[] = []): Verdict => ({ kind, problems, hits })
  if (!isAnswered(first.direct) && !isAnswered(second.direct)) return verdict('not answered')
  // Data that change meanwhile say nothing about who may see them.
  if (!isSame(first.direct, first.directAgain) || !isSame(second.direct, second.directAgain)) return verdict('unsteady')
  if (isSame(first.direct, second.direct)) return verdict('alike')
  const problems = [...problemsOf(first, second), ...problemsOf(second, first)]
  const keys = new Set(fingerprintsOf(first))
  if (fingerprintsOf(second).some((key) => keys.has(key))) problems.push('both have one key')
  if (problems.length > 0) return verdict('shared', [...new Set(problems)])
  return verdict(keys.size === 0 && fingerprintsOf(second).length === 0 ? 'not kept' : 'apart')
}

function problemsOf(one: Replay, other: Replay): string[] {
  const problems: string[] = []
  for (const answer of one.usual) {
    if (isSame(answer, other.direct)) {
      problems.push('one is answered what the other may see')
    }
    if (/\bpublic\b/.test(answer.cacheControl) || !/\b(?:private|no-store)\b/.test(answer.cacheControl)) {
      problems.push('a proxy in between may keep an answer')
    }
  }
  if (one.withForeignTag?.status === 304) problems.push('the tag of one is confirmed to the other')
  return problems
}

function fingerprintsOf({ direct, usual }: Replay): string[] {
  return [direct, ...usual].flatMap(({ fingerprint }) => (fingerprint === null ? [] : [fingerprint]))
}
