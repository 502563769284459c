import { createPublicKey, verify } from 'node:crypto'
import { createServer, type Socket } from 'node:net'

// A process of its own: an LDAP server that knows no passwords. Whoever binds gives a token of an OpenID provider in place
// of one, and is let in when the provider says that the token is of the person whom the name is of.

const { port, issuer }: { port: number; issuer: string } = JSON.parse(process.argv[2] ?? '{}')

const SEQUENCE = 0x30
const INTEGER = 0x02
const OCTET_STRING = 0x04
const ENUMERATED = 0x0a
const BIND_REQUEST = 0x60
const BIND_RESPONSE = 0x61
const SIMPLE = 0x80
const SUCCESS = 0
const INVALID_CREDENTIALS = 49

createServer((socket) => {
  let received = Buffer.alloc(0)
  socket.on('error', () => undefined)
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk])
    for (let message = readElement(received, 0); message !== null; message = readElement(received, 0)) {
      received = received.subarray(message.end)
      void answer(socket, message.content)
    }
  })
}).listen(port, '127.0.0.1')

interface Element {
  readonly tag: number
  readonly content: Buffer
  readonly end: number
}

/** An element of BER that begins there; null while not all of it has come. */
function readElement(bytes: Buffer, start: number): Element | null {
  const tag = bytes[start]
  const first = bytes[start + 1]
  if (tag === undefined || first === undefined) return null
  const sizeBytes = first < 0x80 ? 0 : first & 0x7f
  const from = start + 2 + sizeBytes
  if (bytes.length < from) return null
  const size = sizeBytes === 0 ? first : bytes.readUIntBE(start + 2, sizeBytes)
  const end = from + size
  return bytes.length < end ? null : { tag, content: bytes.subarray(from, end), end }
}

function readAll(bytes: Buffer): Element[] {
  const elements: Element[] = []
  for (let next = readElement(bytes, 0); next !== null; next = readElement(bytes, next.end)) elements.push(next)
  return elements
}

async function answer(socket: Socket, message: Buffer): Promise<void> {
  const [id, request] = readAll(message)
  // Whoever unbinds goes away, and nothing else is asked of a server that only lets in.
  if (id === undefined || request === undefined || request.tag !== BIND_REQUEST) return void socket.end()
  const [, name, password] = readAll(request.content)
  const user = /^uid=([^,]+),/.exec(name?.content.toString() ?? '')?.[1]
  const token = password?.tag === SIMPLE ? password.content.toString() : ''
  const isLetIn = user !== undefined && (await readUser(token).catch(() => null)) === user
  const result = isLetIn ? SUCCESS : INVALID_CREDENTIALS
  console.log(`bind of ${user ?? 'nobody'}: ${result}`)
  const body = [write(ENUMERATED, [result]), write(OCTET_STRING, []), write(OCTET_STRING, [])].flat()
  socket.write(Buffer.from(write(SEQUENCE, [...write(INTEGER, [...id.content]), ...write(BIND_RESPONSE, body)])))
}

/** Answers are short, so that their length is one byte. */
function write(tag: number, content: readonly number[]): number[] {
  return [tag, content.length, ...content]
}

/** Whom a token is of: an ID token says it by itself, and of an access token the provider is asked each time. */
async function readUser(token: string): Promise<string | null> {
  const [header, payload, signature] = token.split('.')
  if (header !== undefined && payload !== undefined && signature !== undefined) {
    const { keys } = (await (await fetch(`${issuer}/jwks`)).json()) as { keys: import('node:crypto').JsonWebKey[] }
    const isSigned = keys.some((key) =>
      verify(
        'sha256',
        Buffer.from(`${header}.${payload}`),
        createPublicKey({ key, format: 'jwk' }),
        Buffer.from(signature, 'base64url'),
      ),
    )
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const isOurs = claims.iss === issuer && claims.aud === 'graticule' && claims.exp * 1000 > Date.now()
    return isSigned && isOurs ? claims.sub : null
  }
  const answered = await fetch(`${issuer}/me`, { headers: { authorization: `Bearer ${token}` } })
  if (!answered.ok) return null
  const { preferred_username: name } = (await answered.json()) as { preferred_username?: string }
  return name ?? null
}
