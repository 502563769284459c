/** What events are called where people read them; types that are missing here go by themselves. */
const LABELS: Readonly<Record<string, string>> = {
  'certificate-authority.created': 'Made the authority that certifies people towards databases',
  'certificate-authority.replaced': 'Replaced the authority that certifies people towards databases',
  'connection.credential-policy-changed': 'Changed whose login reads a connection',
  'connection.posture-changed': 'Rights of a connection’s login changed',
  'map.publication-decided': 'Decided what the public reads a map with',
  'publishing-login.added': 'Added a publishing login',
  'publishing-login.changed': 'Changed a publishing login',
  'publishing-login.rejected': 'Database refused a publishing login',
  'publishing-login.removed': 'Removed a publishing login',
  'viewer-certificate.issued': 'Let in at databases by a certificate',
  'viewer-credential.added': 'Added a database login of their own',
  'viewer-credential.rejected': 'Database refused a login of somebody’s own',
  'viewer-credential.removed': 'Removed a database login of their own',
}

/** The name of an event type for people; null for one that goes by its type. */
export function eventLabel(type: string): string | null {
  return Object.hasOwn(LABELS, type) ? (LABELS[type] ?? null) : null
}
