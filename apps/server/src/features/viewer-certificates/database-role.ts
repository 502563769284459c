/** What a role may be called that is asked for: nothing that means more than itself in a file of PostgreSQL. */
const ROLE_NAME = /^[a-z0-9_][a-z0-9._-]{0,62}$/i

/**
 * The role that a person is let in as: what stands before the @ of their e-mail, in lower case. It is only asked for;
 * whether their certificate, which names them by their id, may have it says the database. Null when it makes no name.
 */
export function databaseRoleOf(email: string): string | null {
  const name = email.slice(0, Math.max(0, email.lastIndexOf('@')))
  return ROLE_NAME.test(name) ? name.toLowerCase() : null
}

/** The roles that several of these people would be, who stand each for one person only. */
export function sharedRolesOf(people: readonly { readonly email: string }[]): ReadonlySet<string> {
  const seen = new Set<string>()
  const shared = new Set<string>()
  for (const { email } of people) {
    const role = databaseRoleOf(email)
    if (role === null) continue
    if (seen.has(role)) shared.add(role)
    seen.add(role)
  }
  return shared
}
