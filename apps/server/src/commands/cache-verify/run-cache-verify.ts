import { Asker, type SeenAnswer } from './asker.ts'
import { judge, type Replay, type Verdict } from './judge.ts'
import { listQuestions, type Question } from './questions.ts'
import type { CacheVerifyCommand } from './verify-command.ts'

/** How often each asks each question as usual, in turns: the second time finds what the first one left. */
const TURNS = 2

/**
 * Asks a running server the same questions as two people, past the cache and through it, and tells whether anything is
 * shared between them that the warehouse tells apart. Bytes are compared by their digests and printed nowhere.
 */
export async function runCacheVerify(
  command: CacheVerifyCommand,
  url: string,
  print: (text: string) => void,
): Promise<number> {
  const [one, other] = command.files
  const askers = [await Asker.fromFile(url, one), await Asker.fromFile(url, other)] as const
  const all = await listQuestions(askers)
  const questions = shuffle(all).slice(0, command.samples)
  print(`${all.length} questions of the maps that ${askers[0].name} and ${askers[1].name} may both open; `)
  print(`${questions.length} are asked at ${url}.\n`)
  const verdicts: Verdict[] = []
  for (const question of questions) {
    const verdict = judge(await replay(askers, question))
    verdicts.push(verdict)
    print(`${verdict.kind.padEnd(12)} ${question.label}${verdict.problems.map((text) => `\n  ! ${text}`).join('')}\n`)
  }
  const { code, sentence } = conclude(verdicts)
  print(`${sentence}\n`)
  return code
}

/** The exit code and what was found: 0 proved, 1 something is shared, 2 nothing was proved. */
export function conclude(verdicts: readonly Verdict[]): { readonly code: number; readonly sentence: string } {
  const count = (kind: Verdict['kind']) => verdicts.filter((verdict) => verdict.kind === kind).length
  const hits = verdicts.reduce((sum, verdict) => sum + verdict.hits, 0)
  const counts = [
    `${count('apart')} kept apart`,
    `${count('alike')} that both may see alike`,
    `${count('unsteady')} whose data changed meanwhile`,
    `${count('not kept')} not kept`,
    `${count('not answered')} not answered`,
    `${count('shared')} shared`,
  ]
  const summary = `${verdicts.length} questions: ${counts.join(', ')}; ${hits} answers came from the cache.`
  if (count('shared') > 0) return { code: 1, sentence: `${summary}\nThe cache crosses people.` }
  if (count('apart') === 0) {
    return { code: 2, sentence: `${summary}\nNothing is proved: no kept answer differed between the two.` }
  }
  if (hits === 0) return { code: 2, sentence: `${summary}\nNothing is proved: no answer came from the cache.` }
  return { code: 0, sentence: `${summary}\nNo key, tag or body is shared.` }
}

async function replay(askers: readonly [Asker, Asker], { path }: Question): Promise<[Replay, Replay]> {
  const [one, other] = askers
  const ask = (asker: Asker, headers = {}) => asker.ask(path, headers)
  const askDirectly = async () => {
    const headers = { 'cache-control': 'no-cache' }
    return [await ask(one, headers), await ask(other, headers)] as const
  }
  const direct = await askDirectly()
  const usual: readonly [SeenAnswer[], SeenAnswer[]] = [[], []]
  for (let turn = 0; turn < TURNS; turn++) {
    usual[0].push(await ask(one))
    usual[1].push(await ask(other))
  }
  const withTagOf = async (asker: Asker, { etag }: SeenAnswer) =>
    etag === null ? null : ask(asker, { 'if-none-match': etag })
  const foreign = [await withTagOf(one, direct[1]), await withTagOf(other, direct[0])] as const
  const again = await askDirectly()
  return [
    { direct: direct[0], usual: usual[0], withForeignTag: foreign[0], directAgain: again[0] },
    { direct: direct[1], usual: usual[1], withForeignTag: foreign[1], directAgain: again[1] },
  ]
}

function shuffle<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item)
}
