/** What a role may be called that is asked for: nothing that means more than itself in a file of PostgreSQL. */
const ROLE_NAME = /^[a-z0-9_][a-z0-9._-]{0,62}$/

/**
 * The role that a person is let in as: what stands before the @ of their e-mail, in lower case. It is only asked for;
 * whether their certificate, which names them by their id, may have it says the database. Null when it makes no name.
 */
export function databaseRoleOf(email: string): string | null {
  const name = email.slice(0, Math.max(0, email.lastIndexOf('@'))).toLowerCase()
  return ROLE_NAME.test(name) ? name : null
}
