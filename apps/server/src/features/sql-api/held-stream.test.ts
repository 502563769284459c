import { describe, expect, it } from 'vitest'
import { holdStream } from './held-stream.ts'

async function* pieces(count: number, state: { isEnded: boolean }, failAt = -1): AsyncGenerator<string> {
  try {
    for (let index = 0; index < count; index++) {
      if (index === failAt) throw new Error('broken')
      yield `${index};`
    }
  } finally {
    state.isEnded = true
  }
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += chunk.toString()
  return text
}

describe('a held stream', () => {
  it('is one text while it is short', async () => {
    expect(await holdStream(pieces(3, { isEnded: false }), 100)).toEqual({ text: '0;1;2;' })
  })

  it('throws a failure that comes before anything was sent', async () => {
    await expect(holdStream(pieces(5, { isEnded: false }, 3), 100)).rejects.toThrow('broken')
  })

  it('streams everything in order once it is long', async () => {
    const body = await holdStream(pieces(50, { isEnded: false }), 10)
    if (!('stream' in body)) throw new Error('expected a stream')
    const expected = Array.from({ length: 50 }, (_, index) => `${index};`).join('')
    expect(await readAll(body.stream)).toBe(expected)
  })

  it('ends its source when the reader leaves early', async () => {
    const state = { isEnded: false }
    const body = await holdStream(pieces(100_000, state), 10)
    if (!('stream' in body)) throw new Error('expected a stream')
    for await (const _chunk of body.stream) break
    expect(state.isEnded).toBe(true)
  })
})
