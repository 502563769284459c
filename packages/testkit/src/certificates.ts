import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from './postgres-binaries.ts'

/** PEM texts of one certificate and its key. */
export interface CertificatePair {
  readonly certificate: string
  readonly key: string
}

/** A throw-away authority that signs certificates for one test server and its clients. */
export interface TestAuthority {
  readonly certificate: string
  issue(commonName: string): CertificatePair
}

/** Makes an authority in the folder. Server certificates are valid for `localhost` and 127.0.0.1. */
export function createAuthority(folder: string): TestAuthority {
  const program = findProgram('openssl', 'openssl')
  const openssl = (...args: string[]): void => {
    execFileSync(program, args, { cwd: folder, stdio: 'pipe' })
  }
  const keyOptions = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl(
    'req',
    '-x509',
    ...keyOptions,
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-days',
    '2',
    '-subj',
    '/CN=test-authority',
  )
  writeFileSync(join(folder, 'names.cnf'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
  return {
    certificate: readFileSync(join(folder, 'ca.crt'), 'utf8'),
    issue(commonName) {
      const name = `issued-${commonName}`
      openssl('req', ...keyOptions, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${commonName}`)
      openssl(
        ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'],
        ...['-out', `${name}.crt`, '-days', '2', '-extfile', 'names.cnf'],
      )
      return {
        certificate: readFileSync(join(folder, `${name}.crt`), 'utf8'),
        key: readFileSync(join(folder, `${name}.key`), 'utf8'),
      }
    },
  }
}
