import { hash } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { pathToFileURL } from 'node:url'
import { createAuthority } from '@graticule/testkit'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { ActivityStream, describeDestination, openSink } from './activity-stream.ts'
import type { StreamedEvent } from './sinks/sink.ts'
import { StreamStore } from './stream-store.ts'

let testApp: TestApp
let folder: string
const streams: ActivityStream[] = []
const closing: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  testApp = await createTestApp()
  folder = await mkdtemp(join(tmpdir(), 'graticule-streams-'))
})
afterEach(async () => {
  for (const stream of streams.splice(0)) await stream.stop()
  for (const close of closing.splice(0)) await close()
})
afterAll(async () => {
  await testApp.close()
  await rm(folder, { recursive: true, force: true })
})

async function startStream(address: string, serverId = 'one'): Promise<ActivityStream> {
  const store = new StreamStore(testApp.store)
  const logger = { warn: () => undefined, info: () => undefined }
  const stream = new ActivityStream(new URL(address), { store, serverId, logger })
  streams.push(stream)
  stream.start()
  // From then on what happens is delivered.
  await vi.waitFor(async () => {
    const id = hash('sha256', describeDestination(new URL(address)), 'hex').slice(0, 16)
    const positions = testApp.store.selectFrom('activity_stream_positions').select('chain').where('stream_id', '=', id)
    expect((await positions.execute()).map(({ chain }) => chain)).toContain(testApp.organizationId)
  }, PATIENCE)
  return stream
}

const PATIENCE = { timeout: 20_000, interval: 50 }

async function record(type: string, ...numbers: number[]): Promise<void> {
  for (const number of numbers) {
    testApp.activity.enqueue({
      organizationId: testApp.organizationId,
      actor: { kind: 'user', id: testApp.users.editor.id },
      type,
      details: { number, text: 'ü "]\\ end' },
    })
  }
  await testApp.activity.flush()
}

const numbersOf = (events: readonly StreamedEvent[], type: string) =>
  events.filter((event) => event.type === type).map(({ details }) => details.number)

/** A collector that reads messages with their length in front, and closes when the sender has. */
function collectSyslog(socket: Socket, events: StreamedEvent[]): void {
  let text = Buffer.alloc(0)
  socket.on('error', () => undefined)
  socket.on('data', (chunk) => {
    text = Buffer.concat([text, chunk])
    for (;;) {
      const space = text.indexOf(' ')
      const length = Number(text.subarray(0, space))
      if (space < 1 || text.length < space + 1 + length) return
      events.push(readSyslog(text.subarray(space + 1, space + 1 + length).toString('utf8')))
      text = text.subarray(space + 1 + length)
    }
  })
}

function readSyslog(message: string): StreamedEvent {
  const parts = /^<(\d+)>1 (\S+) (\S+) graticule (\d+) (\S+) \[graticule@32473 ((?:[^\]\\]|\\.)*)\] (.*)$/s.exec(
    message,
  )
  if (parts === null) throw new Error(`This is not a message of RFC 5424: ${message}`)
  const event = JSON.parse(parts[7] ?? '') as StreamedEvent
  expect(parts[2]).toBe(event.at)
  expect(parts[6]).toContain(`seq="${event.seq}"`)
  expect(parts[1]).toBe(String(13 * 8 + { ok: 6, denied: 4, error: 3 }[event.outcome]))
  return event
}

async function listen(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  closing.push(async () => {
    server.close()
  })
  return (server.address() as AddressInfo).port
}

test('syslog over TCP gets everything in order, refusals too, and after an outage what it missed', async () => {
  const events: StreamedEvent[] = []
  const collector = createServer((socket) => collectSyslog(socket, events))
  const port = await listen(collector)
  await startStream(`syslog+tcp://127.0.0.1:${port}`)
  await record('test.tcp', 1, 2)
  await testApp.request({ url: '/v3/activity', as: 'viewer' })
  await testApp.activity.flush()
  await vi.waitFor(() => expect(events.some(({ outcome }) => outcome === 'denied')).toBe(true), PATIENCE)
  expect(events.find(({ type }) => type === 'test.tcp')).toMatchObject({ actor: { email: 'editor@example.org' } })

  collector.close()
  await once(collector, 'close')
  await record('test.tcp', 3, 4)
  // A sender that gives up in between starts from where the store knows that it was.
  await streams.pop()?.stop()
  await record('test.tcp', 5)
  const again = createServer((socket) => collectSyslog(socket, events))
  await listen(again, port)
  await startStream(`syslog+tcp://127.0.0.1:${port}`, 'another')
  await vi.waitFor(() => expect(numbersOf(events, 'test.tcp')).toEqual([1, 2, 3, 4, 5]), PATIENCE)
})

test('a collector that breaks off in the middle is asked to take all of it again', async () => {
  const events: StreamedEvent[] = []
  let connections = 0
  const collector = createServer((socket) => {
    connections += 1
    if (connections === 1) socket.resetAndDestroy()
    else collectSyslog(socket, events)
  })
  await startStream(`syslog+tcp://127.0.0.1:${await listen(collector)}`)
  await record('test.broken', 1, 2, 3)
  await vi.waitFor(() => expect(numbersOf(events, 'test.broken')).toEqual([1, 2, 3]), PATIENCE)
  expect(connections).toBeGreaterThan(1)
})

test('syslog over TLS goes to a collector with a certificate of the authority, and to no other', async () => {
  const authority = createAuthority(folder)
  const { certificate: cert, key } = authority.issue('collector')
  const trusted = join(folder, 'ca.crt')
  const events: StreamedEvent[] = []
  const port = await listen(createTlsServer({ key, cert }, (socket) => collectSyslog(socket, events)))
  await startStream(`syslog+tls://127.0.0.1:${port}?ca=${trusted}`)
  await record('test.tls', 1, 2)
  await vi.waitFor(() => expect(numbersOf(events, 'test.tls')).toEqual([1, 2]), PATIENCE)
  const [event] = events
  const distrusting = openSink(new URL(`syslog+tls://127.0.0.1:${port}`))
  await expect(distrusting.deliver(event ? [event] : [], AbortSignal.timeout(5_000))).rejects.toThrow(
    /unable to verify|self-signed|unable to get/,
  )
})

test('syslog over UDP sends a packet for each event', async () => {
  const events: StreamedEvent[] = []
  const collector = createSocket('udp4').on('message', (packet) => events.push(readSyslog(packet.toString('utf8'))))
  collector.bind(0, '127.0.0.1')
  await once(collector, 'listening')
  closing.push(async () => collector.close())
  await startStream(`syslog+udp://127.0.0.1:${collector.address().port}`)
  await record('test.udp', 1, 2)
  await vi.waitFor(() => expect(numbersOf(events, 'test.udp')).toEqual([1, 2]), PATIENCE)
})

test('a webhook gets events as JSON with its login, and again until it says that it has them', async () => {
  const events: StreamedEvent[] = []
  let refusals = 2
  const logins = new Set<string | undefined>()
  const hook = createHttpServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    logins.add(request.headers.authorization)
    refusals -= 1
    response.statusCode = refusals >= 0 ? 503 : 204
    if (refusals < 0) events.push(...JSON.parse(Buffer.concat(chunks).toString('utf8')).events)
    response.end()
  })
  await startStream(`http://me:p%40ss@127.0.0.1:${await listen(hook)}/hook`)
  await record('test.hook', 1, 2)
  await vi.waitFor(() => expect(numbersOf(events, 'test.hook')).toEqual([1, 2]), PATIENCE)
  expect([...logins]).toEqual([`Basic ${Buffer.from('me:p@ss').toString('base64')}`])
})

test('a bucket and a folder get files of lines, named for the events in them', async () => {
  const objects = new Map<string, string>()
  const signatures: (string | undefined)[] = []
  const bucket = createHttpServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    signatures.push(request.headers.authorization)
    if (request.method === 'PUT') objects.set(request.url ?? '', Buffer.concat(chunks).toString('utf8'))
    response.end()
  })
  await startStream(`s3+http://KEY:SECRET@127.0.0.1:${await listen(bucket)}/logs/graticule?region=eu-west-1`)
  await startStream(pathToFileURL(join(folder, 'files')).href)
  await record('test.files', 1, 2, 3)
  const read = (texts: readonly string[]) =>
    numbersOf(
      texts.flatMap((text) =>
        text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as StreamedEvent),
      ),
      'test.files',
    )
  await vi.waitFor(() => expect(read([...objects.values()])).toEqual([1, 2, 3]), PATIENCE)
  expect([...objects.keys()][0]).toMatch(
    new RegExp(`^/logs/graticule/${testApp.organizationId}/\\d{12}-\\d{12}\\.jsonl$`),
  )
  expect(signatures[0]).toMatch(/^AWS4-HMAC-SHA256 Credential=KEY\/\d{8}\/eu-west-1\/s3\/aws4_request/)
  expect(JSON.stringify([...objects])).not.toContain('SECRET')
  const readFolder = async () => {
    const directory = join(folder, 'files', testApp.organizationId)
    const names = (await readdir(directory)).sort()
    return Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')))
  }
  await vi.waitFor(async () => expect(read(await readFolder())).toEqual([1, 2, 3]), PATIENCE)
})

test('an address that is not understood is told in a sentence without its secrets', () => {
  expect(() => openSink(new URL('ftp://me:hunter2@host'))).toThrow(/^An address of ACTIVITY_STREAMS begins with one of/)
  expect(() => openSink(new URL('s3+https://host/bucket'))).toThrow(/^The address of a bucket is/)
})
