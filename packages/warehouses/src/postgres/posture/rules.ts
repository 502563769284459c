import type { PostureFinding, PostureSeverity } from '@graticule/contract'
import { VIEWERS_GROUP } from '../certificates.ts'
import type { LeakCounts, LeakFacts, PostureFacts } from './facts.ts'

/** How this server's socket to the warehouse is kept secret. */
export interface ChannelFacts {
  readonly isEncrypted: boolean
  /** The certificate was checked, and so was who holds it. */
  readonly isVerified: boolean
  /** Nothing leaves the machine. */
  readonly isLocal: boolean
}

/** All that rules are decided on. */
export interface PostureEvidence {
  readonly facts: PostureFacts
  readonly channel: ChannelFacts
  readonly counts: ReadonlyMap<string, LeakCounts>
}

/** What a rule found: one sentence, and the SQL that mends it. */
interface Found extends Pick<PostureFinding, 'sentence' | 'remedy'> {
  readonly object?: string
  readonly observed?: PostureFinding['observed']
}

/** One thing that is looked for. Adding one is an entry in the list below. */
export interface PostureRule {
  readonly id: string
  /** What each thing found counts as. */
  readonly severity: Exclude<PostureSeverity, 'green'>
  /** Said when nothing was found. */
  readonly good: string
  readonly find: (evidence: PostureEvidence) => readonly Found[]
}

/** PostgreSQL 15 knows views that read with the rights of whoever asks. */
const INVOKER_VIEWS_SINCE = 15_00_00

/**
 * Red: this login sees rows that policies would hide, or can come to see them by itself. Amber: something that it reads
 * may show more than it should, which may be meant. The worst first.
 */
export const POSTURE_RULES: readonly PostureRule[] = [
  {
    id: 'superuser',
    severity: 'red',
    good: 'The login is no superuser.',
    find: ({ facts: { isSuperuser, login, quotedLogin } }) =>
      isSuperuser
        ? [
            {
              sentence: `The login ${login} is a superuser, so no policy holds for it and everybody who uses it sees all rows.`,
              remedy: `ALTER ROLE ${quotedLogin} NOSUPERUSER;`,
            },
          ]
        : [],
  },
  {
    id: 'bypass-row-security',
    severity: 'red',
    good: 'The login does not bypass row-level security.',
    find: ({ facts: { bypassesRowSecurity, login, quotedLogin } }) =>
      bypassesRowSecurity
        ? [
            {
              sentence: `The login ${login} bypasses row-level security, so everybody who uses it sees all rows.`,
              remedy: `ALTER ROLE ${quotedLogin} NOBYPASSRLS;`,
            },
          ]
        : [],
  },
  {
    id: 'creates-roles',
    severity: 'red',
    good: 'The login cannot make or change roles.',
    find: ({ facts: { createsRoles, isSuperuser, login, quotedLogin } }) =>
      createsRoles && !isSuperuser
        ? [
            {
              sentence: `The login ${login} may create roles and give itself the rights of others.`,
              remedy: `ALTER ROLE ${quotedLogin} NOCREATEROLE;`,
            },
          ]
        : [],
  },
  {
    id: 'powerful-role',
    severity: 'red',
    good: 'The login is in no role that sees all rows or reaches the server itself.',
    find: ({ facts: { powerfulRoles, login, quotedLogin } }) =>
      powerfulRoles.map(({ name, through }) => ({
        object: name,
        sentence: `The login ${login} is a member of ${name}, which sees more than policies allow.`,
        remedy: `REVOKE ${through.join(', ')} FROM ${quotedLogin};`,
      })),
  },
  {
    id: 'powerful-viewer',
    severity: 'red',
    good: 'Nobody whom a certificate lets in sees more than policies allow.',
    find: ({ facts: { powerfulViewers } }) =>
      powerfulViewers.map((role) => ({
        object: role,
        sentence: `The role ${role} is a member of ${VIEWERS_GROUP}, so a certificate may let somebody in as it, and it sees or may do more than policies allow.`,
        remedy: `REVOKE ${VIEWERS_GROUP} FROM ${role};`,
      })),
  },
  {
    id: 'owner-without-force',
    severity: 'red',
    good: 'The login owns no table whose policies pass over their owner.',
    find: ({ facts: { tables, login, isSuperuser } }) =>
      isSuperuser
        ? []
        : tables
            .filter((table) => table.isOwned && table.hasRowSecurity && !table.isForced)
            .map(({ name }) => ({
              object: name,
              sentence: `The login ${login} owns ${name}, and policies pass over the owner, so it sees all of its rows.`,
              remedy: `ALTER TABLE ${name} FORCE ROW LEVEL SECURITY;`,
            })),
  },
  {
    id: 'owned-table',
    severity: 'amber',
    good: 'The login owns no table that it could change the policies of.',
    find: ({ facts: { tables, login, isSuperuser } }) =>
      isSuperuser
        ? []
        : tables
            .filter((table) => table.isOwned && (table.isForced || !table.hasRowSecurity))
            .map(({ name }) => ({
              object: name,
              sentence: `The login ${login} owns ${name} and can take its policies off; run this as who should own it.`,
              remedy: `ALTER TABLE ${name} OWNER TO CURRENT_USER;`,
            })),
  },
  {
    id: 'owner-view',
    severity: 'amber',
    good: 'No view that the login reads shows protected rows with the rights of its owner.',
    find: ({ facts, counts }) =>
      facts.leaks.filter(({ isMaterialized }) => !isMaterialized).map((leak) => describeView(leak, facts, counts)),
  },
  {
    id: 'materialized-view',
    severity: 'amber',
    good: 'No materialised view that the login reads holds a copy of protected rows.',
    find: ({ facts, counts }) =>
      facts.leaks
        .filter(({ isMaterialized }) => isMaterialized)
        .map((leak) => ({
          object: leak.name,
          sentence: `The materialised view ${leak.name} holds a copy of rows of ${leak.protectedTables.join(', ')} that no policy filters${describeCounts(leak, counts)}.`,
          remedy: revokeReading(leak, facts.quotedLogin),
          observed: observe(leak, counts),
        })),
  },
  {
    id: 'definer-function',
    severity: 'amber',
    good: 'The login may call no function that runs with the rights of somebody else.',
    find: ({ facts: { definerFunctions } }) =>
      definerFunctions.map(({ signature, owner }) => ({
        object: signature,
        sentence: `The function ${signature} runs with the rights of ${owner}, whoever calls it.`,
        remedy: `ALTER ROUTINE ${signature} SECURITY INVOKER;`,
      })),
  },
  {
    id: 'table-without-row-security',
    severity: 'amber',
    good: 'Every table that the login reads has row-level security.',
    find: ({ facts: { tables, quotedLogin } }) =>
      tables
        .filter(({ hasRowSecurity }) => !hasRowSecurity)
        .map(({ name, isForeign, grantees }) =>
          isForeign
            ? {
                object: name,
                sentence: `The foreign table ${name} can have no policies here, so everybody who reads it sees all of its rows.`,
                remedy: `REVOKE SELECT ON ${name} FROM ${grantees.join(', ') || quotedLogin};`,
              }
            : {
                object: name,
                sentence: `The table ${name} has no row-level security, so everybody who reads it sees all of its rows; once it is on, only what policies allow is seen.`,
                remedy: `ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY;`,
              },
        ),
  },
  {
    id: 'estimators',
    severity: 'amber',
    good: 'The login cannot ask PostGIS where rows lie that it does not see.',
    find: ({ facts: { estimators, tables } }) =>
      estimators.length > 0 && tables.some(({ isActive }) => isActive)
        ? [
            {
              sentence:
                'PostGIS answers this login from statistics of whole tables, which tells where hidden rows lie and how dense they are.',
              remedy: estimators.map((signature) => `REVOKE EXECUTE ON FUNCTION ${signature} FROM PUBLIC;`).join('\n'),
            },
          ]
        : [],
  },
  {
    id: 'unencrypted',
    severity: 'amber',
    good: 'The way to the warehouse is encrypted, or does not leave the machine.',
    find: ({ channel }) =>
      channel.isEncrypted || channel.isLocal
        ? []
        : [
            {
              sentence:
                'Passwords and rows travel to this server without TLS: give PostgreSQL a certificate, turn TLS on there, and choose "verify-full" in the connection.',
              remedy: 'ALTER SYSTEM SET ssl = on;\nSELECT pg_reload_conf();',
            },
          ],
  },
  {
    id: 'unverified-server',
    severity: 'amber',
    good: 'The certificate of the warehouse is checked, or is not needed.',
    find: ({ channel }) =>
      channel.isEncrypted && !channel.isVerified && !channel.isLocal
        ? [
            {
              sentence:
                'TLS is on but the certificate is not checked, so another machine could pose as the warehouse: choose "verify-full" in the connection.',
              remedy: null,
            },
          ]
        : [],
  },
]

function describeView(leak: LeakFacts, facts: PostureFacts, counts: PostureEvidence['counts']): Found {
  const { name, protectedTables } = leak
  return {
    object: name,
    sentence: `The view ${name} reads ${protectedTables.join(', ')} with the rights of its owner, so policies do not hold for whoever asks${describeCounts(leak, counts)}.`,
    remedy:
      facts.serverNumber >= INVOKER_VIEWS_SINCE
        ? `ALTER VIEW ${name} SET (security_invoker = true);`
        : revokeReading(leak, facts.quotedLogin),
    observed: observe(leak, counts),
  }
}

function describeCounts({ name }: LeakFacts, counts: PostureEvidence['counts']): string {
  const { shown, allowed } = counts.get(name) ?? { shown: null, allowed: null }
  if (shown === null) return ''
  return allowed === null
    ? `: it shows ${shown} rows`
    : `: it shows ${shown} rows where the login itself may see ${allowed}`
}

function observe({ name }: LeakFacts, counts: PostureEvidence['counts']): PostureFinding['observed'] {
  const { shown, allowed } = counts.get(name) ?? { shown: null, allowed: null }
  return shown === null ? null : { shown, allowed }
}

function revokeReading({ name, grantees }: LeakFacts, quotedLogin: string): string {
  return `REVOKE SELECT ON ${name} FROM ${grantees.join(', ') || quotedLogin};`
}
