import { connect, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'

/** What a server needs to know to cancel the statement of one of its sessions. */
export interface CancelTarget {
  /** Whom the certificate must name. */
  readonly host: string
  /** Where its session is: an address, or the folder of a socket. */
  readonly address: string
  readonly port: number
  readonly tls: ConnectionOptions | false
  readonly processId: number
  readonly secretKey: number
}

const SSL_REQUEST_CODE = 80877103
const CANCEL_REQUEST_CODE = 80877102
const TIMEOUT_MS = 5000

/**
 * Asks the server, on a socket of its own, to cancel what a session is running; a pooler passes it on. Resolves once
 * the server has hung up, which it does after the signal went out; rejects when it cannot be reached.
 */
export async function sendCancelRequest(target: CancelTarget): Promise<void> {
  const socket = await openSocket(target)
  await new Promise<void>((resolve, reject) => {
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('The cancel request was not answered.')))
    socket.once('error', reject)
    socket.once('close', () => resolve())
    socket.resume()
    const message = Buffer.alloc(16)
    message.writeInt32BE(16, 0)
    message.writeInt32BE(CANCEL_REQUEST_CODE, 4)
    message.writeInt32BE(target.processId, 8)
    message.writeInt32BE(target.secretKey, 12)
    socket.write(message)
  })
}

async function openSocket({ host, address, port, tls }: CancelTarget): Promise<Socket> {
  const socket = address.startsWith('/') ? connect(`${address}/.s.PGSQL.${port}`) : connect(port, address)
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('The cancel request could not be sent in time.')))
  await once(socket, 'connect')
  if (tls === false) return socket
  const request = Buffer.alloc(8)
  request.writeInt32BE(8, 0)
  request.writeInt32BE(SSL_REQUEST_CODE, 4)
  socket.write(request)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  if (answer.toString('latin1') !== 'S') return socket
  const isName = !/^[\d.]+$|:/.test(host)
  const secure = connectTls({ ...tls, socket, ...(isName ? { servername: host } : { host }) })
  await once(secure, 'secureConnect')
  return secure
}

function once(socket: Socket, event: string): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      socket.removeListener(event, onEvent)
      reject(error)
    }
    const onEvent = (...args: unknown[]): void => {
      socket.removeListener('error', onError)
      resolve(args)
    }
    socket.once('error', onError)
    socket.once(event, onEvent)
  })
}
