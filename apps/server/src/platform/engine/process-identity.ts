import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * What tells one process from every other: a pid alone is reused, so it goes with the moment the process started and
 * the boot of the machine it runs on. A null part is one that this operating system does not tell.
 */
export interface ProcessIdentity {
  readonly pid: number
  readonly startTime: string | null
  readonly bootId: string | null
}

/** The identity of a living process, or null when no process has this pid. */
export function readProcessIdentity(pid: number): ProcessIdentity | null {
  if (!isAlive(pid)) return null
  return { pid, startTime: readStartTime(pid), bootId: readBootId() }
}

/** Whether the process that once had this identity still runs, as opposed to another one under the same pid. */
export function isSameProcessAlive(identity: ProcessIdentity): boolean {
  const living = readProcessIdentity(identity.pid)
  if (living === null) return false
  return agree(living.bootId, identity.bootId) && agree(living.startTime, identity.startTime) && !isZombie(identity.pid)
}

/** Reads back what was written as JSON; null when it is not an identity, as after a crash in the middle of a write. */
export function parseProcessIdentity(text: string): ProcessIdentity | null {
  try {
    const value = JSON.parse(text) as Partial<ProcessIdentity> | null
    if (value === null || typeof value !== 'object' || !Number.isInteger(value.pid)) return null
    return { pid: Number(value.pid), startTime: value.startTime ?? null, bootId: value.bootId ?? null }
  } catch {
    return null
  }
}

/** An unknown part proves nothing either way, and the safe reading is that the process is the same. */
function agree(one: string | null, other: string | null): boolean {
  return one === null || other === null || one === other
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: there is such a process, it belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The fields of /proc/<pid>/stat after the command name, which may itself hold spaces and brackets. */
function readStatFields(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}

/** A zombie holds nothing open any more; it only waits for its parent to notice. */
function isZombie(pid: number): boolean {
  return process.platform === 'linux' && readStatFields(pid)?.[0] === 'Z'
}

function readStartTime(pid: number): string | null {
  // Field 22 of the whole line, counted in clock ticks since boot.
  if (process.platform === 'linux') return readStatFields(pid)?.[19] ?? null
  return readCommand('ps', ['-o', 'lstart=', '-p', String(pid)])
}

function readBootId(): string | null {
  if (process.platform === 'linux') {
    try {
      return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    } catch {
      return null
    }
  }
  if (process.platform === 'darwin') return readCommand('sysctl', ['-n', 'kern.bootsessionuuid'])
  return null
}

function readCommand(command: string, args: string[]): string | null {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() || null
  } catch {
    return null
  }
}
