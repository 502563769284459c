import { X509Certificate } from 'node:crypto'
import { AppError } from '@graticule/contract'
import { FilterParser, ResultCodeError } from 'ldapts'
import type { LdapSettings, ProviderInput } from '../../../identity-providers/provider-settings.ts'
import type { LookUpSurroundings } from '../login-method.ts'
import { bindOwn } from './directory-person.ts'
import { DirectoryProblem, withDirectory } from './ldap-connection.ts'
import { fillFilter, isAttributeName } from './ldap-filter.ts'

/** The settings of a directory as they were entered, once it has let its own login in. Throws `invalid_request`. */
export async function lookUpDirectory(input: ProviderInput, { door }: LookUpSurroundings): Promise<LdapSettings> {
  if (input.kind !== 'ldap') throw new Error(`This is a provider of the kind ${input.kind}.`)
  const settings = check(input)
  try {
    await withDirectory(settings, door, async (client) => {
      await bindOwn(client, settings)
      await client.search(settings.baseDn, { scope: 'base', filter: '(objectClass=*)', attributes: ['1.1'] })
    })
  } catch (error) {
    if (error instanceof DirectoryProblem) throw refuse(error.message)
    if (error instanceof ResultCodeError) throw refuse(describe(error, settings))
    throw error
  }
  return settings
}

function check(input: LdapSettings): LdapSettings {
  const url = URL.parse(input.url)
  const scheme = input.security === 'ldaps' ? 'ldaps:' : 'ldap:'
  if (url?.protocol !== scheme || url.hostname === '' || url.username !== '' || !/^\/?$/.test(url.pathname)) {
    throw refuse(`The address of the directory looks like ${scheme}//directory.example.org, with a port if need be.`)
  }
  for (const dn of [input.bindDn, input.baseDn, input.groupBaseDn]) {
    if (dn !== null && !/^[A-Za-z0-9.-]+=./.test(dn))
      throw refuse(`"${dn}" is no distinguished name, such as dc=example,dc=org.`)
  }
  for (const attribute of [input.subjectAttribute, input.emailAttribute, input.nameAttribute]) {
    if (!isAttributeName(attribute)) throw refuse(`"${attribute}" is not the name of an attribute.`)
  }
  checkFilter(input.userFilter, '{login}')
  if (input.groupFilter !== null) checkFilter(input.groupFilter, '{dn}')
  const { certificateAuthority } = input
  return {
    ...input,
    url: `${scheme}//${url.host}`,
    issuer: nameDirectory(url.hostname, input.baseDn),
    certificateAuthority: certificateAuthority === null ? null : readAuthority(certificateAuthority),
  }
}

/**
 * Under which people are known: the host and the root of the tree. Encrypting otherwise, and looking for people in
 * another branch, makes nobody somebody else.
 */
function nameDirectory(hostname: string, baseDn: string): string {
  const parts = baseDn.toLowerCase().split(/(?<!\\),/)
  const root = parts.map((part) => part.trim()).filter((part) => part.startsWith('dc='))
  return `ldap://${hostname}/${root.length > 0 ? root.join(',') : baseDn.toLowerCase()}`
}

/** One certificate or several, as PEM. */
function readAuthority(text: string): string {
  try {
    return new X509Certificate(text) && text.trim()
  } catch {
    throw refuse('The certificate of the authority could not be read; enter it as PEM.')
  }
}

function checkFilter(filter: string, place: string): void {
  if (!filter.includes(place)) throw refuse(`The filter "${filter}" lacks ${place}.`)
  try {
    FilterParser.parseString(fillFilter(filter, place, 'somebody'))
  } catch {
    throw refuse(`"${filter}" is no LDAP filter, such as (uid=${place}).`)
  }
}

/** What a directory answers besides "yes". */
function describe(error: ResultCodeError, { baseDn, bindDn }: LdapSettings): string {
  if (error.code === 49) return `The directory does not let ${bindDn} in with this password.`
  if (error.code === 32 || error.code === 10) return `The directory does not know ${baseDn}.`
  return `The directory refused: ${error.name.replace(/Error$/, '')} (${error.code}).`
}

function refuse(sentence: string): AppError {
  return new AppError('invalid_request', sentence)
}
