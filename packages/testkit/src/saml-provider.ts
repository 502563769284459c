import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { waitForPort } from './pgbouncer.ts'
import { findProgram } from './postgres-binaries.ts'
import { findFreePort, startServerProcess } from './server-process.ts'

/** Ways in which an answer is not as it should be. */
export const SAML_FAULTS = [
  'unsigned',
  'foreign-key',
  'sha1',
  'changed-after-signing',
  'wrapped-beside',
  'wrapped-in-extensions',
  'wrapped-in-signature',
  'doubled-id',
  'commented-name',
  'entities',
  'encrypted',
  'other-audience',
  'no-audience',
  'other-recipient',
  'other-destination',
  'other-issuer',
  'other-request',
  'no-request',
  'expired',
  'early',
  'failed',
] as const
export type SamlFault = (typeof SAML_FAULTS)[number]

/** What the provider answers from now on. */
export interface SamlProviderInstruction {
  readonly login: {
    readonly nameId: string
    /** Persistent unless given. */
    readonly nameIdFormat?: string
    readonly attributes: Readonly<Record<string, readonly string[]>>
  }
  readonly fault?: SamlFault
  /** The id of the assertion; a fresh one unless given. */
  readonly assertionId?: string
  /** Whether the whole response is signed besides the assertion. */
  readonly signsResponse?: boolean
}

export interface TestSamlProvider {
  readonly entityId: string
  readonly metadataUrl: string
  readonly metadata: string
  /** PEM text of the certificate that it signs with. */
  readonly certificate: string
  instruct(instruction: SamlProviderInstruction): Promise<void>
  stop(): Promise<void>
}

/** What the process of the provider is started with. */
export interface SamlProviderSetUp {
  readonly port: number
  readonly key: string
  readonly certificate: string
  readonly foreignKey: string
}

/** Starts a SAML identity provider on a free port of 127.0.0.1, in a process of its own. */
export async function startSamlProvider(): Promise<TestSamlProvider> {
  const folder = mkdtempSync(join(tmpdir(), 'graticule-saml-'))
  const port = await findFreePort()
  const [own, foreign] = ['own', 'foreign'].map((name) => makeKey(folder, name))
  if (own === undefined || foreign === undefined) throw new Error('The keys were not made.')
  const setUp: SamlProviderSetUp = { port, key: own.key, certificate: own.certificate, foreignKey: foreign.key }
  const program = fileURLToPath(new URL('./saml-provider-process.ts', import.meta.url))
  const server = startServerProcess(process.execPath, [program, JSON.stringify(setUp)], folder, {})
  const entityId = `http://127.0.0.1:${port}/metadata`
  const stop = async (): Promise<void> => {
    await server.stop('SIGTERM')
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await waitForPort(server, port)
    const metadata = await (await fetch(entityId)).text()
    return {
      entityId,
      metadataUrl: entityId,
      metadata,
      certificate: own.certificate,
      async instruct(instruction) {
        const address = `http://127.0.0.1:${port}/instruction`
        const answer = await fetch(address, { method: 'POST', body: JSON.stringify(instruction) })
        if (!answer.ok) throw new Error(`The provider answered ${answer.status}.\n${server.output()}`)
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function makeKey(folder: string, name: string): { readonly key: string; readonly certificate: string } {
  const [keyFile, certificateFile] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)]
  execFileSync(
    findProgram('openssl', 'openssl'),
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`],
      ...['-keyout', keyFile, '-out', certificateFile],
    ],
    { stdio: 'pipe' },
  )
  return { key: readFileSync(keyFile, 'utf8'), certificate: readFileSync(certificateFile, 'utf8') }
}
