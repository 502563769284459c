import type { GrantPurpose } from '@graticule/contract'

/** What a login needs for a purpose, besides connecting: privileges on each kind of object of the chosen schemas. */
export interface NeededPrivileges {
  readonly schema: readonly ('USAGE' | 'CREATE')[]
  readonly table: readonly ('SELECT' | 'INSERT' | 'UPDATE' | 'DELETE')[]
  readonly sequence: readonly 'USAGE'[]
  /** Functions that run with the rights of whoever calls them. */
  readonly callsFunctions: boolean
}

/** What each purpose takes. Whatever writes and stands in no row is too much. */
export const NEEDED_PRIVILEGES: Readonly<Record<GrantPurpose, NeededPrivileges>> = {
  'view-maps': { schema: ['USAGE'], table: ['SELECT'], sequence: [], callsFunctions: false },
  'run-sql': { schema: ['USAGE'], table: ['SELECT'], sequence: [], callsFunctions: true },
  'write-back': {
    schema: ['USAGE', 'CREATE'],
    table: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    sequence: ['USAGE'],
    callsFunctions: true,
  },
  // A tileset is a table of its own, made anew each time.
  tilesets: { schema: ['USAGE', 'CREATE'], table: ['SELECT'], sequence: [], callsFunctions: false },
}

export const WRITING_TABLE_PRIVILEGES = ['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'] as const
