import { AppError } from '@graticule/contract'
import { PROVIDERS } from '@graticule/warehouses'
import type { Connection } from '../connections/connection.ts'
import { changeOf, findOrganization, type OperatorOptions } from '../organizations/operator-commands.ts'
import type { CertificateAuthorities, PublicAuthority } from './certificate-authorities.ts'
import { listCertifiableOf } from './certificate-authority-store.ts'
import { databaseRoleOf, sharedRolesOf } from './database-role.ts'
import { certificatesOf } from './viewer-certificate-service.ts'

export interface CertificateOperatorOptions extends Pick<OperatorOptions, 'organizations' | 'store'> {
  readonly authorities: CertificateAuthorities
  readonly findConnection: (organizationId: string, name: string) => Promise<Connection | null>
}

/** Makes the authority of an organization unless it has one. Answers its certificate, to print. */
export async function initByOperator(options: CertificateOperatorOptions, idOrName: string): Promise<string> {
  const row = await findOrganization(options.organizations, idOrName)
  return describe(await options.authorities.ensure(changeOf(row)))
}

/** Makes another authority in place of the one there is. Answers its certificate, to print. */
export async function replaceByOperator(options: CertificateOperatorOptions, idOrName: string): Promise<string> {
  const row = await findOrganization(options.organizations, idOrName)
  return describe(await options.authorities.replace(changeOf(row)))
}

/** The certificate of an organization's authority and nothing else, as the file of a database holds it. */
export async function showByOperator(options: CertificateOperatorOptions, idOrName: string): Promise<string> {
  const row = await findOrganization(options.organizations, idOrName)
  const authority = await options.authorities.find(row.id)
  if (authority !== null) return authority.certificate.trim()
  throw new AppError(
    'not_found',
    `"${row.name}" has no authority for certificates yet; make it with: ca init ${row.id}`,
  )
}

/** All that an administrator adds to the database of a connection, with a line for each person of the organization. */
export async function linesByOperator(
  options: CertificateOperatorOptions,
  idOrName: string,
  connectionName: string,
): Promise<string> {
  const row = await findOrganization(options.organizations, idOrName)
  const found = await options.findConnection(row.id, connectionName)
  if (found === null) {
    throw new AppError('not_found', `There is no connection called "${connectionName}" in "${row.name}".`)
  }
  const provider = PROVIDERS.find(({ id }) => id === found.providerId)
  if (provider === undefined) throw new Error('The connection is of a kind that is not known.')
  const certificates = certificatesOf(provider)
  const { hba, settings, sql } = certificates.setupFor(found.config)
  const people = await listCertifiableOf(options.store, row.id)
  const shared = sharedRolesOf(people)
  const ident = people.map(({ email, id: subject }) => {
    const loginName = databaseRoleOf(email)
    if (loginName === null) return `# ${email}: no role can be called so`
    if (shared.has(loginName)) return `# ${email}: several people would be the role "${loginName}"`
    return certificates.identLine({ subject, loginName })
  })
  return [
    ...['-- In the database', ...sql],
    ...['', '# postgresql.conf; the file is what "ca show" prints', ...settings],
    ...['', '# pg_hba.conf, above other lines for the same logins', ...hba],
    ...['', '# pg_ident.conf', ...ident],
  ].join('\n')
}

function describe({ certificate, fingerprint }: PublicAuthority): string {
  return `SHA-256 fingerprint ${fingerprint}\n${certificate.trim()}`
}
