import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  isSameProcessAlive,
  type ProcessIdentity,
  parseProcessIdentity,
  readProcessIdentity,
} from './process-identity.ts'

/** Thrown when another server uses the folder; the message is the one sentence to print before leaving. */
export class HomeInUseError extends Error {
  readonly pid: number

  constructor(home: string, pid: number) {
    super(
      `Another Graticule server (process ${pid}) already uses ${home}: stop it first, or set GRATICULE_HOME to another folder.`,
    )
    this.name = 'HomeInUseError'
    this.pid = pid
  }
}

/** The right to open the engines of a home folder. */
export interface HomeLock {
  /** Gives the folder back. Only needed for a clean end: the lock of a dead process is recognised as stale. */
  release(): void
}

/**
 * Takes GRATICULE_HOME for this process, making the folder when it is missing. Two servers on one embedded engine
 * would lose rows without a word, so this comes before anything else is opened.
 * Throws HomeInUseError when a living process holds it; a lock left by a dead one is replaced.
 */
export function lockHome(home: string): HomeLock {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const lockPath = join(home, 'lock')
  const mine = JSON.stringify(readProcessIdentity(process.pid))
  // Written whole beside the lock and then linked: the lock never exists half-written, and link fails if it exists.
  const draftPath = `${lockPath}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(draftPath, mine, { mode: 0o600 })
  try {
    while (!linkExclusively(draftPath, lockPath)) {
      const held = readLock(lockPath)
      if (held === null) continue
      const owner = parseProcessIdentity(held)
      if (owner !== null && isSameProcessAlive(owner)) throw new HomeInUseError(home, owner.pid)
      removeStaleLock(lockPath, held)
    }
  } finally {
    rmSync(draftPath, { force: true })
  }
  return {
    release: () => {
      if (readLock(lockPath) === mine) rmSync(lockPath, { force: true })
    },
  }
}

/** As `lockHome`, but gives a server that is just closing some time before it is taken for a refusal. */
export async function lockHomeWithin(home: string, patienceMs: number): Promise<HomeLock> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    try {
      return lockHome(home)
    } catch (error) {
      if (!(error instanceof HomeInUseError) || performance.now() > deadline) throw error
    }
    await sleep(100)
  }
}

/** Whose lock lies in the folder, dead or alive; null when there is none. For messages only. */
export function readHomeLockOwner(home: string): ProcessIdentity | null {
  const text = readLock(join(home, 'lock'))
  return text === null ? null : parseProcessIdentity(text)
}

function linkExclusively(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function readLock(lockPath: string): string | null {
  try {
    return readFileSync(lockPath, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/**
 * Two starters may find the same stale lock. Moving it away and looking at what was moved tells whether the other one
 * was quicker and this is its fresh lock, which then goes back.
 */
function removeStaleLock(lockPath: string, staleText: string): void {
  const asidePath = `${lockPath}.stale.${process.pid}`
  try {
    renameSync(lockPath, asidePath)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  if (readFileSync(asidePath, 'utf8') !== staleText) linkExclusively(asidePath, lockPath)
  rmSync(asidePath, { force: true })
}
