import { connect as connectPlainly, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectSecurely, type TLSSocket } from 'node:tls'
import { AppError } from '@graticule/contract'
import { Client } from 'ldapts'
import { lookUpPinned, type OutboundDoor, OutboundRefusal } from '../../../../platform/outbound/outbound.ts'
import type { LdapSettings } from '../../../identity-providers/provider-settings.ts'

/** Why a directory cannot be asked; the message is a sentence for the admin who sets it up. */
export class DirectoryProblem extends Error {
  constructor(sentence: string, cause?: unknown) {
    super(sentence, { cause })
    this.name = 'DirectoryProblem'
  }
}

const CONNECT_TIMEOUT_MS = 5_000
const ANSWER_TIMEOUT_MS = 10_000

/**
 * Lends a connection to the directory, encrypted unless its admin and the operator agree that it need not be. Throws
 * `DirectoryProblem` for a server that cannot be reached or is not the one that it should be.
 */
export async function withDirectory<Result>(
  settings: LdapSettings,
  door: OutboundDoor,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const url = new URL(settings.url)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || (settings.security === 'ldaps' ? 636 : 389))
  if (settings.security === 'none' && !door.isVouchedFor(host, port)) {
    throw new DirectoryProblem(
      `Passwords would cross the network unencrypted; use TLS, or have the operator list ${url.host} in INTERNAL_HOSTS.`,
    )
  }
  const addresses = await door.admit(host, port).catch((error: unknown) => {
    throw describeFailure(error, url.host)
  })
  const tls: ConnectionOptions = {
    host,
    ...(isIP(host) === 0 && { servername: host }),
    ...(settings.certificateAuthority !== null && { ca: settings.certificateAuthority }),
    minVersion: 'TLSv1.2',
  }
  const lookup = lookUpPinned(addresses)
  // A second connection would not be encrypted by STARTTLS and not know who is bound.
  let isOpened = false
  const openOnce = <Opened extends Socket | TLSSocket>(open: () => Opened): Opened => {
    if (isOpened) throw new Error('The directory closed the connection.')
    isOpened = true
    return open()
  }
  const client = new Client({
    url: settings.url,
    timeout: ANSWER_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    createConnection: () => openOnce(() => connectPlainly({ host, port, lookup })),
    createSecureConnection: (options: ConnectionOptions) =>
      options.socket === undefined
        ? openOnce(() => connectSecurely({ ...tls, port, lookup }))
        : connectSecurely({ ...tls, socket: options.socket }),
  } as ConstructorParameters<typeof Client>[0])
  try {
    if (settings.security === 'starttls') await client.startTLS()
    return await work(client)
  } catch (error) {
    throw describeFailure(error, url.host)
  } finally {
    await client.unbind().catch(() => undefined)
  }
}

/** What went wrong below LDAP becomes a sentence; what the directory answered stays what it is. */
function describeFailure(error: unknown, host: string): unknown {
  if (error instanceof DirectoryProblem) return error
  if (error instanceof OutboundRefusal) return new DirectoryProblem(error.message, error)
  if (error instanceof AppError) return error
  const { code } = error as { code?: unknown }
  if (typeof code === 'number') return error
  const reason = typeof code === 'string' ? code : ''
  if (/CERT|SIGNATURE|ALTNAME|SELF_SIGNED|UNABLE_TO|TLS|SSL/.test(reason)) {
    return new DirectoryProblem(
      `The certificate of ${host} is not trusted (${reason}); enter the certificate of the authority that issued it.`,
      error,
    )
  }
  return new DirectoryProblem(`The directory at ${host} could not be reached.`, error)
}
