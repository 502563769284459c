import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { waitForPort } from './pgbouncer.ts'
import { findFreePort, startServerProcess } from './server-process.ts'

export interface OidcProviderOptions {
  /** Client metadata as RFC 7591 spells it. */
  readonly clients: readonly { readonly client_id: string; readonly [field: string]: unknown }[]
  /** How long its access and ID tokens last, in seconds; as the library has it unless told. */
  readonly tokenSeconds?: number
}

/** What the provider does from now on. */
export interface OidcProviderInstruction {
  /** Who fills in the login form, with what the provider says of them; null presses Cancel. */
  readonly login: { readonly sub: string; readonly claims: Readonly<Record<string, unknown>> } | null
  /** Claims of ID tokens that are not as they should be. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** Whose signature they bear. */
  readonly signature?: 'own' | 'foreign' | 'none'
}

/** The tokens of one answer. */
export interface IssuedTokens {
  readonly access: string
  readonly id: string | null
  readonly refresh: string | null
}

export interface TestOidcProvider {
  readonly issuer: string
  /** All that it has issued so far. */
  listIssued(): Promise<readonly IssuedTokens[]>
  instruct(instruction: OidcProviderInstruction): Promise<void>
  stop(): Promise<void>
}

/** Starts an OpenID provider of its own on a free port of 127.0.0.1, in a process of its own. */
export async function startOidcProvider(options: OidcProviderOptions): Promise<TestOidcProvider> {
  const folder = await mkdtemp(join(tmpdir(), 'graticule-oidc-'))
  const port = await findFreePort()
  const program = fileURLToPath(new URL('./oidc-provider-process.ts', import.meta.url))
  const server = startServerProcess(process.execPath, [program, JSON.stringify({ ...options, port })], folder, {})
  const issuer = `http://127.0.0.1:${port}`
  const stop = async (): Promise<void> => {
    await server.stop('SIGTERM')
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await waitForPort(server, port)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    issuer,
    async listIssued() {
      return (await (await fetch(`${issuer}/issued`)).json()) as IssuedTokens[]
    },
    async instruct(instruction) {
      const answer = await fetch(`${issuer}/instruction`, { method: 'POST', body: JSON.stringify(instruction) })
      if (!answer.ok) throw new Error(`The provider answered ${answer.status}.\n${server.output()}`)
    },
    stop,
  }
}
