import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CertificatePair } from './certificates.ts'
import { waitForPort } from './pgbouncer.ts'
import { findProgram } from './postgres-binaries.ts'
import { findFreePort, startServerProcess } from './server-process.ts'

export interface TestDirectory {
  /** `ldap://127.0.0.1:…`, which takes STARTTLS. */
  readonly url: string
  /** `ldaps://127.0.0.1:…` */
  readonly secureUrl: string
  readonly port: number
  readonly baseDn: string
  readonly adminDn: string
  readonly adminPassword: string
  /** Changes the directory as its administrator, in LDIF with `changetype` where an entry is not added. */
  change(ldif: string): void
  stop(): Promise<void>
}

export interface TestDirectoryOptions {
  /** Of the server, which is signed by the authority. */
  readonly pair: CertificatePair
  /** The authority's. */
  readonly certificateAuthority: string
  /** The entries to begin with, in LDIF. */
  readonly ldif: string
}

const BASE_DN = 'dc=example,dc=org'
const ADMIN_DN = `cn=admin,${BASE_DN}`
const ADMIN_PASSWORD = 'directory-secret'
const SCHEMAS = '/etc/ldap/schema'
const MODULES = '/usr/lib/ldap'
/** What Active Directory knows its people by: sixteen raw bytes, which are text in no encoding, and the name of the account. */
const ACTIVE_DIRECTORY_SCHEMA = `attributetype ( 1.2.840.113556.1.4.2 NAME 'objectGUID'
  EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.221 NAME 'sAMAccountName'
  EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
objectclass ( 1.2.840.113556.1.5.9 NAME 'user' SUP top AUXILIARY MAY ( objectGUID $ sAMAccountName ) )`

/** Starts an OpenLDAP server of its own on free ports of this machine, whose groups tell their members (`memberOf`). */
export async function startDirectory(options: TestDirectoryOptions): Promise<TestDirectory> {
  const program = findProgram('slapd', 'slapd')
  const folder = await mkdtemp(join(tmpdir(), 'graticule-slapd-'))
  const [port, securePort] = [await findFreePort(), await findFreePort()]
  const [url, secureUrl] = [`ldap://127.0.0.1:${port}`, `ldaps://127.0.0.1:${securePort}`]
  mkdirSync(join(folder, 'data'))
  writeFileSync(join(folder, 'ca.crt'), options.certificateAuthority)
  writeFileSync(join(folder, 'server.crt'), options.pair.certificate)
  writeFileSync(join(folder, 'server.key'), options.pair.key, { mode: 0o600 })
  const configFile = join(folder, 'slapd.conf')
  writeFileSync(configFile, describeServer(folder))
  const addresses = `ldap://127.0.0.1:${port}/ ldaps://127.0.0.1:${securePort}/`
  const server = startServerProcess(program, ['-f', configFile, '-h', addresses, '-d', '0'], folder, {})
  const change = (ldif: string): void => {
    const login = ['-x', '-H', `ldap://127.0.0.1:${port}`, '-D', ADMIN_DN, '-w', ADMIN_PASSWORD]
    execFileSync(findProgram('ldapmodify', 'ldap-utils'), ['-a', ...login], { input: ldif, stdio: 'pipe' })
  }
  const stop = async (): Promise<void> => {
    await server.stop('SIGTERM')
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await waitForPort(server, port)
    change(options.ldif)
  } catch (error) {
    await stop()
    throw error
  }
  return { url, secureUrl, port, baseDn: BASE_DN, adminDn: ADMIN_DN, adminPassword: ADMIN_PASSWORD, change, stop }
}

function describeServer(folder: string): string {
  return `${['core', 'cosine', 'inetorgperson'].map((name) => `include ${SCHEMAS}/${name}.schema`).join('\n')}
${ACTIVE_DIRECTORY_SCHEMA}
modulepath ${MODULES}
moduleload back_mdb
moduleload memberof
pidfile ${join(folder, 'slapd.pid')}
TLSCACertificateFile ${join(folder, 'ca.crt')}
TLSCertificateFile ${join(folder, 'server.crt')}
TLSCertificateKeyFile ${join(folder, 'server.key')}
database mdb
maxsize 16777216
suffix "${BASE_DN}"
rootdn "${ADMIN_DN}"
rootpw ${ADMIN_PASSWORD}
directory ${join(folder, 'data')}
overlay memberof
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
`
}
