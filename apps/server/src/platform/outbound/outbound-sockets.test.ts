import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { domainToASCII } from 'node:url'
import { startDnsServer, type TestDnsServer } from '@graticule/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ActivityEntry } from '../activity/activity-log.ts'
import { ManualClock } from '../clock/clock.ts'
import { createAddressLookUp } from '../dns/look-up-addresses.ts'
import { Outbound, OutboundRefusal } from './outbound.ts'
import { outboundFetch } from './outbound-fetch.ts'
import { readCeiling } from './outbound-rules.ts'
import { DocumentProblem, readDocument } from './read-document.ts'

// Two servers on one port: 127.0.0.2 stands for what may be reached, and 127.0.0.1 for what lies inside.
let outside: Server
let inside: Server
let port: number
let insideRequests: string[] = []
let dns: TestDnsServer
let events: ActivityEntry[] = []
let allowedHosts: readonly string[] | null = null
const clock = new ManualClock(new Date())

const start = (host: string, wanted: number, answer: (request: IncomingMessage) => [number, string, string?]) =>
  new Promise<Server>((resolve, reject) => {
    const server = createServer((request, response) => {
      const [status, body, location] = answer(request)
      response.writeHead(status, location === undefined ? {} : { location }).end(body)
    })
    server.once('error', reject)
    server.listen(wanted, host, () => resolve(server))
  })

beforeAll(async () => {
  dns = await startDnsServer()
  outside = await start('127.0.0.2', 0, ({ url = '' }) => {
    const to = new URL(url, 'http://x').searchParams.get('to')
    return to === null ? [200, 'outside'] : [302, '', to.replaceAll('PORT', String(port))]
  })
  port = (outside.address() as AddressInfo).port
  inside = await start('127.0.0.1', port, ({ url = '' }) => {
    insideRequests.push(url)
    return [200, 'the secret']
  })
})
afterAll(async () => {
  outside.close()
  inside.close()
  await dns.stop()
})
beforeEach(() => {
  events = []
  insideRequests = []
  allowedHosts = null
  clock.advance(3_600_000)
})

function createOutbound() {
  return new Outbound({
    ceiling: readCeiling({
      internalHosts: ['127.0.0.2/32', `open.test:${port}`, `127.0.0.2:${port}`],
      outboundHosts: null,
      isPrivateOpen: true,
      isLoopbackOpen: false,
    }),
    readAllowedHosts: async () => allowedHosts,
    lookUpAddresses: createAddressLookUp([dns.address]),
    activity: { enqueue: (entry) => events.push(entry) },
    clock,
  })
}

function createDoor({ isTrial = true, actorId = 'ann' } = {}, outbound = createOutbound()) {
  const actor = { kind: 'user' as const, id: actorId }
  return outbound.door({ organizationId: 'org', actor, purpose: 'identity-provider', isTrial })
}

const refusalOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => 'nothing was refused',
    (thrown: unknown) => thrown,
  )
  return error
}

describe('a name whose address changes', () => {
  test('is looked up once for each socket, which goes where was decided', async () => {
    dns.addresses.set('rebind.test', [['127.0.0.2'], ['127.0.0.1']])
    const door = createDoor()
    const first = await outboundFetch(`http://rebind.test:${port}/`, {}, door)
    expect([await first.text(), dns.asked('rebind.test')]).toEqual(['outside', 1])
    const second = await refusalOf(outboundFetch(`http://rebind.test:${port}/`, {}, door))
    expect(second).toBeInstanceOf(OutboundRefusal)
    expect(second).toMatchObject({ details: { rule: 'outbound.loopback' } })
    expect([insideRequests, dns.asked('rebind.test')]).toEqual([[], 2])
  })

  test('is refused as a whole when one of its addresses is', async () => {
    dns.addresses.set('both.test', [['127.0.0.2', '127.0.0.1']])
    expect(await refusalOf(outboundFetch(`http://both.test:${port}/`, {}, createDoor()))).toMatchObject({
      details: { rule: 'outbound.loopback' },
    })
    expect(insideRequests).toEqual([])
  })
})

describe('tricks with addresses', () => {
  test.each([
    'http://127.0.0.1:PORT/',
    'http://2130706433:PORT/',
    'http://0x7f000001:PORT/',
    'http://0177.0.0.1:PORT/',
    'http://127.1:PORT/',
    'http://127.0.0.1.:PORT/',
    'http://１２７.0.0.1:PORT/',
    'http://127。0。0。1:PORT/',
    'http://[::1]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://[::ffff:7f00:1]:PORT/',
    'http://[64:ff9b::7f00:1]:PORT/',
    'http://[2002:7f00:1::]:PORT/',
    'http://[::127.0.0.1]:PORT/',
    'http://0.0.0.0:PORT/',
    'http://0:PORT/',
    'http://[::]:PORT/',
    'http://127.0.0.2@127.0.0.1:PORT/',
    'http://open.test:x@127.0.0.1:PORT/',
    'http://open.test\\@127.0.0.1:PORT/',
    'http://open.test:0/',
    'http://inside.test:PORT/',
    'http://inside.test.:PORT/',
    'http://INSIDE.test:PORT/',
    'http://ınside.test:PORT/',
    'http://169.254.169.254/latest/meta-data/',
  ])('%s leads nowhere inside', async (address) => {
    dns.addresses.set('inside.test', [['127.0.0.1']])
    dns.addresses.set(domainToASCII('ınside.test'), [['127.0.0.1']])
    dns.addresses.set('open.test', [['127.0.0.1']])
    const url = address.replaceAll('PORT', String(port))
    // One of them names a host that the operator opened, whatever stands behind it.
    const answer = await outboundFetch(url, {}, createDoor()).then(
      (response) => response.text(),
      (error: unknown) => error,
    )
    if (url.includes('open.test\\@')) expect(answer).toBeInstanceOf(Error)
    else expect(answer).toBeInstanceOf(OutboundRefusal)
    expect(insideRequests).toEqual([])
  })
})

describe('a document', () => {
  const read = (address: string) =>
    readDocument(address, {
      door: createDoor(),
      maxBytes: 1000,
      timeoutMs: 5000,
      signal: new AbortController().signal,
    })
  const through = (...steps: string[]) =>
    steps.reduceRight(
      (to, step) => `http://127.0.0.2:${port}${step}?to=${encodeURIComponent(to)}`,
      `http://127.0.0.2:${port}/end`,
    )
  const redirectedTo = (to: string) => `http://127.0.0.2:${port}/?to=${encodeURIComponent(to)}`

  test('is found through redirects, a few of them', async () => {
    expect(await read(through('/a', '/b', '/c'))).toBe('outside')
    expect(await refusalOf(read(through('/1', '/2', '/3', '/4', '/5', '/6')))).toMatchObject({
      message: expect.stringMatching(/redirects again and again/),
    })
  })

  test.each([
    ['https://127.0.0.1:PORT/', /inside the server’s own network \(loopback\)/],
    ['https://2130706433:PORT/', /inside the server’s own network \(loopback\)/],
    ['https://[::ffff:127.0.0.1]:PORT/', /inside the server’s own network \(loopback\)/],
    ['https://inside.test:PORT/', /inside the server’s own network \(loopback\)/],
    ['https://169.254.169.254/latest/meta-data/', /what a cloud tells its machines/],
    ['//127.0.0.1:PORT/', /must be reached by https/],
    ['http://127.0.0.1:PORT/', /must be reached by https/],
    ['file:///etc/passwd', /Enter an address/],
    ['https://user:word@127.0.0.1/', /Enter an address/],
    ['https://open.test:0/', /port between 1 and 65535/],
  ])('is not read from %s, to which an allowed address redirects', async (to, sentence) => {
    dns.addresses.set('inside.test', [['127.0.0.1']])
    const problem = await refusalOf(read(redirectedTo(to)))
    expect(problem).toBeInstanceOf(DocumentProblem)
    expect(problem).toMatchObject({ message: expect.stringMatching(sentence) })
    expect(insideRequests).toEqual([])
  })
})

describe('an organization’s list', () => {
  test('holds from the next socket on', async () => {
    dns.addresses.set('listed.test', [['127.0.0.2']])
    const door = createDoor()
    const url = `http://listed.test:${port}/`
    allowedHosts = ['*.example.org']
    expect(await refusalOf(outboundFetch(url, {}, door))).toMatchObject({ details: { rule: 'outbound.allow-list' } })
    for (const line of ['listed.test', `listed.test:${port}`, '127.0.0.0/8']) {
      allowedHosts = [line]
      expect(await (await outboundFetch(url, {}, door)).text(), line).toBe('outside')
    }
  })
})

describe('what was decided', () => {
  test('is logged with host, port, purpose and outcome, and without the address of a name', async () => {
    dns.addresses.set('inside.test', [['127.0.0.1']])
    dns.addresses.set('fine.test', [['127.0.0.2']])
    const door = createDoor()
    await outboundFetch(`http://fine.test:${port}/`, {}, door)
    await refusalOf(outboundFetch(`http://inside.test:${port}/`, {}, door))
    const common = { port, purpose: 'identity-provider' }
    expect(events).toMatchObject([
      {
        type: 'outbound.allowed',
        organizationId: 'org',
        details: { host: 'fine.test', ...common, outcome: 'allowed' },
      },
      {
        type: 'outbound.refused',
        actor: { id: 'ann' },
        details: { host: 'inside.test', ...common, outcome: 'refused', rule: 'outbound.loopback' },
      },
    ])
    expect(JSON.stringify(events)).not.toContain('127.0.0')
  })

  test('is logged once in ten minutes where nobody tries anything', async () => {
    dns.addresses.set('fine.test', [['127.0.0.2']])
    const door = createDoor({ isTrial: false })
    for (let count = 0; count < 3; count += 1) await (await outboundFetch(`http://fine.test:${port}/`, {}, door)).text()
    expect(events).toHaveLength(1)
    clock.advance(600_000)
    await (await outboundFetch(`http://fine.test:${port}/`, {}, door)).text()
    expect(events).toHaveLength(2)
  })
})

test('a person tries so many hosts in a minute, and all of an organization together', async () => {
  const outbound = createOutbound()
  const tryOne = (actorId: string) => refusalOf(createDoor({ actorId }, outbound).admit('127.0.0.2', 1))
  const tryAll = (actorId: string, count: number) => Promise.all(Array.from({ length: count }, () => tryOne(actorId)))
  expect(new Set(await tryAll('ann', 120))).toEqual(new Set(['nothing was refused']))
  expect(await tryOne('ann')).toMatchObject({ code: 'too_many_requests', details: { retryAfterSeconds: 60 } })
  for (const name of ['bob', 'cem', 'dan']) await tryAll(name, 120)
  expect(new Set(await tryAll('eva', 119))).toEqual(new Set(['nothing was refused']))
  expect(await tryOne('fay')).toMatchObject({ code: 'too_many_requests' })
  clock.advance(60_000)
  expect(await tryOne('ann')).toBe('nothing was refused')
})
