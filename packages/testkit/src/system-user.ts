import { execFileSync } from 'node:child_process'
import { chownSync } from 'node:fs'

/** The operating-system identity a server runs under; empty when it is our own. */
export interface SystemUser {
  readonly uid?: number
  readonly gid?: number
}

/** PostgreSQL and PgBouncer refuse to run as root: root lends them the user `postgres`, anyone else runs them as is. */
export function serverUser(): SystemUser {
  if (process.getuid?.() !== 0) return {}
  try {
    const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
    return { uid: id('-u'), gid: id('-g') }
  } catch {
    throw new Error('PostgreSQL refuses to run as root and there is no user "postgres" to run it as.')
  }
}

/** Hands a path over to that identity. */
export function giveTo(user: SystemUser, ...paths: readonly string[]): void {
  if (user.uid === undefined || user.gid === undefined) return
  for (const path of paths) chownSync(path, user.uid, user.gid)
}
