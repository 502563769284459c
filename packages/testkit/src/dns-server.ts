import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

/** A name server of a test: what it answers can change while it runs. */
export interface TestDnsServer {
  /** Where it listens, as `setServers` takes it. */
  readonly address: string
  /** The TXT records of a name, each a text; null: the name is not there. A name without an entry gets no answer at all. */
  readonly records: Map<string, readonly string[] | null>
  /** The IPv4 addresses of a name, one list for each time that it is asked for; the last list stays. */
  readonly addresses: Map<string, readonly (readonly string[])[]>
  /** How often the addresses of a name were asked for. */
  asked(name: string): number
  stop(): Promise<void>
}

const HEADER_BYTES = 12
const A = 1
const TXT = 16
const IN = 1
const NAME_ERROR = 3
/** A text longer than this is written in pieces. */
const MAX_PIECE_BYTES = 255

/** Starts a name server on a free port of 127.0.0.1 that knows TXT records and IPv4 addresses. */
export async function startDnsServer(): Promise<TestDnsServer> {
  const records = new Map<string, readonly string[] | null>()
  const addresses = new Map<string, readonly (readonly string[])[]>()
  const asked = new Map<string, number>()
  const findAnswer = (name: string, type: number): readonly DnsRecord[] | null | undefined => {
    if (type === TXT) return records.get(name)?.map(toTxt) ?? (records.has(name) ? null : undefined)
    const count = asked.get(name) ?? 0
    asked.set(name, count + 1)
    const answers = addresses.get(name)
    return (answers?.[count] ?? answers?.at(-1))?.map(toAddress)
  }
  const socket = createSocket('udp4')
  socket.on('message', (question, { address, port }) => {
    const { end, name } = readName(question, HEADER_BYTES)
    const found = findAnswer(name.toLowerCase(), question.readUInt16BE(end))
    if (found !== undefined) socket.send(answer(question.subarray(0, end + 4), found), port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    records,
    addresses,
    asked: (name) => asked.get(name) ?? 0,
    address: `127.0.0.1:${socket.address().port}`,
    stop: () => close(socket),
  }
}

/** The question again, with the records behind it. */
function answer(question: Buffer, found: readonly DnsRecord[] | null): Buffer {
  const header = Buffer.from(question.subarray(0, HEADER_BYTES))
  // An answer, from whoever is in charge of the name, to what was asked recursively.
  header.writeUInt16BE(0x8580 | (found === null ? NAME_ERROR : 0), 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(found?.length ?? 0, 6)
  header.writeUInt32BE(0, 8)
  return Buffer.concat([header, question.subarray(HEADER_BYTES), ...(found ?? []).map(toRecord)])
}

interface DnsRecord {
  readonly type: number
  readonly data: Buffer
}

function toAddress(address: string): DnsRecord {
  return { type: A, data: Buffer.from(address.split('.').map(Number)) }
}

function toTxt(text: string): DnsRecord {
  const bytes = Buffer.from(text)
  const pieces: Buffer[] = []
  for (let start = 0; start < Math.max(1, bytes.length); start += MAX_PIECE_BYTES) {
    const piece = bytes.subarray(start, start + MAX_PIECE_BYTES)
    pieces.push(Buffer.from([piece.length]), piece)
  }
  return { type: TXT, data: Buffer.concat(pieces) }
}

function toRecord({ type, data }: DnsRecord): Buffer {
  const head = Buffer.alloc(12)
  // The name stands in the question, right behind the header.
  head.writeUInt16BE(0xc000 | HEADER_BYTES, 0)
  head.writeUInt16BE(type, 2)
  head.writeUInt16BE(IN, 4)
  head.writeUInt32BE(0, 6)
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, data])
}

function readName(message: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = []
  let at = start
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('ascii', at + 1, at + 1 + length))
    at += length + 1
  }
  return { name: labels.join('.'), end: at + 1 }
}

async function close(socket: Socket): Promise<void> {
  socket.close()
  await once(socket, 'close')
}
