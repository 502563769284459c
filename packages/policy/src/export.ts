import type { GovernancePolicies, Makers } from '@graticule/contract'
import type { ConnectionAsset } from './assets.ts'
import type { Decision } from './can.ts'
import { decideMaking } from './governance.ts'
import type { Principal } from './principal.ts'
import { ADMIN_ROLES } from './role-transitions.ts'

/** A connection as far as it decides what may leave it for keeps. */
export interface ExportedConnection extends Pick<ConnectionAsset, 'credentialPolicy'> {
  readonly name: string
  /** Who may take data out of it; null as long as its owner says nothing. */
  readonly exports: Makers | null
}

/**
 * Who may take data out of a connection: whoever its owner says; if they say nothing, whoever may run SQL, and nobody
 * where each person sees what is theirs alone, because a file keeps no policy of the database.
 */
export function exportersOf({ credentialPolicy, exports }: Omit<ExportedConnection, 'name'>): Makers {
  return exports ?? (credentialPolicy === 'viewer' ? 'nobody' : 'editors')
}

/**
 * Whether this principal may take data out of a warehouse for keeps. It comes after the right to read them; the policy of
 * the organization and the setting of the connection must both allow it.
 */
export function decideExport(
  policies: GovernancePolicies,
  principal: Principal,
  connection: ExportedConnection,
): Decision {
  const general = decideMaking(policies, principal, 'exports.files')
  if (!general.allowed) return general
  const exporters = exportersOf(connection)
  const isAdmin = principal.kind === 'user' && ADMIN_ROLES.includes(principal.role)
  if (exporters === 'editors' || (exporters === 'admins' && isAdmin)) {
    return { allowed: true, reason: 'Data may leave this connection for keeps.', rule: 'export.connection' }
  }
  const who = exporters === 'admins' ? 'Only admins take' : 'Nobody takes'
  const reason = `${who} data out of "${connection.name}" as files; read them here, or ask its owner to allow it in the options of the connection.`
  return { allowed: false, reason, rule: 'export.connection' }
}
