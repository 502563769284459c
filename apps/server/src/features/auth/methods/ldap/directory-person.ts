import { type Client, type Entry, ResultCodeError } from 'ldapts'
import type { OutboundDoor } from '../../../../platform/outbound/outbound.ts'
import type { ClaimedGroup } from '../../../groups/claimed-groups.ts'
import type { ExternalIdentity } from '../../../identity-providers/external-sign-in-service.ts'
import type { LdapProvider } from '../../../identity-providers/identity-provider-service.ts'
import type { LdapSettings } from '../../../identity-providers/provider-settings.ts'
import { SignInRefusal } from '../../../identity-providers/sign-in-refusal.ts'
import { withDirectory } from './ldap-connection.ts'
import { fillFilter, isAttributeName } from './ldap-filter.ts'

const INVALID_CREDENTIALS = 49
const MAX_GROUPS = 1000
/** What counts as a binary id, such as Active Directory's objectGUID. */
const BINARY_IDS = new Set(['objectguid', 'guid'])

/**
 * Who has that name and password in the directory; null when the directory does not say so. Found with the directory's
 * own login, and proved by binding as the person: the password is compared there and never here.
 */
export async function findPerson(
  provider: LdapProvider,
  door: OutboundDoor,
  login: string,
  password: string,
): Promise<ExternalIdentity | null> {
  const { settings } = provider
  // To a directory an empty password means nobody, whom it lets in.
  if (login === '' || password === '') return null
  return withDirectory(settings, door, async (client) => {
    await bindOwn(client, settings)
    const entry = await findEntry(client, provider, login)
    if (entry === null) return null
    if (!(await isPassword(settings, door, entry.dn, password))) return null
    const subject = readSubject(entry, settings.subjectAttribute)
    if (subject === null) throw new SignInRefusal('subject_missing')
    return {
      issuer: settings.issuer,
      subject,
      email: readText(entry, settings.emailAttribute),
      isEmailVerified: provider.areEmailsVerified ? true : null,
      name: readText(entry, settings.nameAttribute),
      groups: await readGroups(client, provider, entry),
    }
  })
}

/** Binds as the directory's own login. */
export async function bindOwn(client: Client, { bindDn, bindPassword }: LdapSettings): Promise<void> {
  await client.bind(bindDn, bindPassword.reveal())
}

/** Whether the directory said that a password is wrong, or that whoever has it may not come in. */
function isRefusal(error: unknown): boolean {
  return error instanceof ResultCodeError && error.code === INVALID_CREDENTIALS
}

/** Nobody and several are the same: then the name says not who it is. Where the directory points elsewhere nobody goes. */
async function findEntry(
  client: Client,
  { groupsClaim, settings }: LdapProvider,
  login: string,
): Promise<Entry | null> {
  const { baseDn, emailAttribute, nameAttribute, subjectAttribute, userFilter } = settings
  const { searchEntries } = await client.search(baseDn, {
    scope: 'sub',
    filter: fillFilter(userFilter, '{login}', login),
    sizeLimit: 2,
    attributes: [subjectAttribute, emailAttribute, nameAttribute, ...(groupsClaim === null ? [] : [groupsClaim])],
    ...(isBinaryId(subjectAttribute) && { explicitBufferAttributes: [subjectAttribute] }),
  })
  const [entry, ...others] = searchEntries
  return entry === undefined || others.length > 0 ? null : entry
}

/** A connection of its own, so that nothing else is ever asked in the person's name. */
async function isPassword(settings: LdapSettings, door: OutboundDoor, dn: string, password: string): Promise<boolean> {
  try {
    await withDirectory(settings, door, (client) => client.bind(dn, password))
    return true
  } catch (error) {
    if (isRefusal(error)) return false
    throw error
  }
}

/** Null: no information. An entry without the attribute is in no group only where the directory tells groups at all. */
async function readGroups(
  client: Client,
  { groupsClaim, settings }: LdapProvider,
  entry: Entry,
): Promise<ClaimedGroup[] | null> {
  if (settings.groupFilter !== null) return searchGroups(client, settings, settings.groupFilter, entry.dn)
  // What is entered for other protocols need be no attribute.
  if (groupsClaim === null || !isAttributeName(groupsClaim)) return null
  const names = readTexts(entry, groupsClaim)
  if (names.length > MAX_GROUPS) return null
  if (names.length > 0) return names.map(toGroup)
  const { searchEntries } = await client.search(settings.baseDn, {
    scope: 'sub',
    filter: `(${groupsClaim}=*)`,
    sizeLimit: 1,
    attributes: [groupsClaim],
  })
  return searchEntries.length > 0 ? [] : null
}

async function searchGroups(
  client: Client,
  { baseDn, groupBaseDn }: LdapSettings,
  groupFilter: string,
  memberDn: string,
): Promise<ClaimedGroup[] | null> {
  const { searchEntries } = await client.search(groupBaseDn ?? baseDn, {
    scope: 'sub',
    filter: fillFilter(groupFilter, '{dn}', memberDn),
    sizeLimit: MAX_GROUPS + 1,
    attributes: ['cn'],
  })
  if (searchEntries.length > MAX_GROUPS) return null
  return searchEntries.map((entry) => ({ id: entry.dn, name: readText(entry, 'cn') ?? toGroup(entry.dn).name }))
}

/** A group by its distinguished name, called by the first part of it. */
function toGroup(dn: string): ClaimedGroup {
  const [, first = dn] = /^[^=]+=((?:\\.|[^,+\\])+)/.exec(dn) ?? []
  return { id: dn, name: first.replace(/\\(.)/g, '$1').trim() }
}

function readSubject(entry: Entry, attribute: string): string | null {
  const value = findValue(entry, attribute)
  const first = Array.isArray(value) ? value[0] : value
  if (first === undefined || first.length === 0) return null
  return Buffer.isBuffer(first) ? first.toString('hex') : first
}

function readText(entry: Entry, attribute: string): string | null {
  return readTexts(entry, attribute)[0] ?? null
}

function readTexts(entry: Entry, attribute: string): string[] {
  const value = findValue(entry, attribute)
  const values = Array.isArray(value) ? value : [value]
  return values.flatMap((item) => (typeof item === 'string' && item.trim() !== '' ? [item.trim()] : []))
}

/** Names of attributes have no case. */
function findValue(entry: Entry, attribute: string): Entry[string] | undefined {
  const name = Object.keys(entry).find((key) => key.toLowerCase() === attribute.toLowerCase())
  return name === undefined ? undefined : entry[name]
}

function isBinaryId(attribute: string): boolean {
  return BINARY_IDS.has(attribute.toLowerCase())
}
