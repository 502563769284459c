import { readdirSync, readFileSync } from 'node:fs'

/**
 * CPU time in milliseconds that a process has used so far, all its living threads together, its children apart; to the
 * nanosecond, as the scheduler counts it (`/proc/<pid>/task/<tid>/schedstat`, first field).
 */
export function readCpuMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  return threads.reduce((sum, thread) => sum + readThreadCpuMs(pid, thread), 0)
}

/** A thread that ends while it is read has used nothing that a difference would miss. */
function readThreadCpuMs(pid: number, thread: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1_000_000
  } catch {
    return 0
  }
}

/** Resident memory of a process in bytes. */
export function readResidentBytes(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(match?.[1]) * 1_024
}

/** The process among a process and its descendants whose command line contains a text. */
export function findProcess(rootPid: number, commandPart: string): number {
  const pending = [rootPid]
  for (let pid = pending.pop(); pid !== undefined; pid = pending.pop()) {
    if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(commandPart)) return pid
    pending.push(...childrenOf(pid))
  }
  throw new Error(`No process under ${rootPid} runs ${commandPart}`)
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}
