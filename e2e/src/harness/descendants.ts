import { readdirSync, readFileSync } from 'node:fs'

/** The processes that a process started, those that they started, and so on; by Linux's /proc, which every machine has. */
export function descendantsOf(pid: number): readonly number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(name)] as const)
  const found: number[] = []
  for (const pending = [pid]; pending.length > 0; ) {
    const above = pending.pop()
    const below = parents.filter(([, parent]) => parent === above).map(([child]) => child)
    found.push(...below)
    pending.push(...below)
  }
  return found
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function parentOf(pid: string): number | null {
  try {
    // The name of the program stands in brackets and may hold anything; its state and its parent come after it.
    const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\)\s/s, '')
      .split(' ')
    return Number(parent)
  } catch {
    return null
  }
}
