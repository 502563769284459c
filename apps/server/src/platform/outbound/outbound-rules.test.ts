import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { kindOfAddress } from './address-kind.ts'
import { HostList, readHostEntry } from './host-list.ts'
import { type HostName, readHostName } from './host-name.ts'
import { decideDestination, type OutboundPurpose, readCeiling } from './outbound-rules.ts'

const OPEN = { internalHosts: [], outboundHosts: null, isPrivateOpen: true, isLoopbackOpen: false }

function decide(
  host: string,
  addresses: readonly string[],
  {
    allowed = null,
    purpose = 'warehouse',
    port = 5432,
    ...ceiling
  }: {
    allowed?: readonly string[] | null
    purpose?: OutboundPurpose
    port?: number
    internalHosts?: readonly string[]
    outboundHosts?: readonly string[]
    isPrivateOpen?: boolean
    isLoopbackOpen?: boolean
  } = {},
) {
  return decideDestination(readCeiling({ ...OPEN, ...ceiling }), allowed && new HostList(allowed), {
    host: readHostName(host) as HostName,
    port,
    addresses,
    purpose,
  })
}

describe('a host', () => {
  test.each([
    ['DB.Example.ORG', 'db.example.org'],
    ['db.example.org.', 'db.example.org'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['ＤＢ。example。org', 'db.example.org'],
    ['my_db', 'my_db'],
    ['192.0.2.7', '192.0.2.7'],
    ['127.0.0.1.', '127.0.0.1'],
    ['[2001:DB8::1]', '2001:db8::1'],
    ['::ffff:127.0.0.1', '::ffff:7f00:1'],
    ['0:0:0:0:0:0:0:1', '::1'],
  ])('%s is compared as %s', (text, name) => {
    expect(readHostName(text)).toMatchObject({ name })
  })

  test.each([
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '017700000001',
    '127.1',
    '127.0.1',
    '127.0.0.01',
    '１２７.0.0.1',
    '127。0。0。1',
    '①②⑦.0.0.1',
    '127.0.0.0x1.',
  ])('%s is another spelling of an address and is not taken', (text) => {
    expect(readHostName(text)).toBe(`"${text}" is another spelling of the address 127.0.0.1; enter 127.0.0.1 itself.`)
  })

  test.each([
    'user@127.0.0.1',
    'db.example.org@evil.example',
    'db.example.org/x',
    'db.example.org\\@evil',
    'db.example.org#x',
    'db.example.org?x',
    'db example',
    'db.example.org:5432',
    'fe80::1%eth0',
    '[127.0.0.1]',
    '/var/run/postgresql',
    '256.1.1.1',
    'a..b',
    '.',
    '',
    '-db.example',
    'db%2e.example',
    'db\u0000.example',
    'first.example,second.example',
    `${'a'.repeat(64)}.example`,
  ])('%j is none', (text) => {
    expect(readHostName(text)).toMatch(/is no host; enter a name or an address alone/)
  })

  test('whatever is typed is a host in one spelling or a sentence', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.domain(), fc.ipV4Extended(), fc.ipV6()), (text) => {
        const read = readHostName(text)
        if (typeof read === 'string') expect(read).toMatch(/\.$/)
        else expect(readHostName(read.name)).toEqual(read)
      }),
    )
  })
})

describe('an address', () => {
  test.each([
    ['93.184.215.14', 'public'],
    ['2606:2800:21f:cb07::1', 'public'],
    ['10.1.2.3', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.1', 'public'],
    ['192.168.0.1', 'private'],
    ['100.64.0.1', 'private'],
    ['fd12:3456::1', 'private'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['::1', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['::', 'unspecified'],
    ['169.254.1.1', 'link-local'],
    ['fe80::1', 'link-local'],
    ['169.254.169.254', 'metadata'],
    ['169.254.170.2', 'metadata'],
    ['100.100.100.200', 'metadata'],
    ['168.63.129.16', 'metadata'],
    ['fd00:ec2::254', 'metadata'],
    ['224.0.0.1', 'multicast'],
    ['ff02::1', 'multicast'],
    ['255.255.255.255', 'reserved'],
    ['192.0.2.1', 'reserved'],
    ['2001:db8::1', 'reserved'],
    ['::127.0.0.1', 'reserved'],
    ['2001:0:7f00:1::', 'reserved'],
  ])('%s is %s', (address, kind) => {
    expect(kindOfAddress(address)).toBe(kind)
  })

  test('of IPv6 that carries one of IPv4 is what that is', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
        const groups = [(a << 8) | b, (c << 8) | d].map((group) => group.toString(16)).join(':')
        const kind = kindOfAddress(address)
        for (const carrier of [`::ffff:${address}`, `::ffff:0:${groups}`, `64:ff9b::${groups}`, `2002:${groups}::1`]) {
          expect(kindOfAddress(carrier), carrier).toBe(kind)
        }
      }),
    )
  })
})

describe('a list', () => {
  const list = new HostList(['*.example.org', 'db.corp:5433', '10.20.0.0/16', '[2001:db8::1]:5432', 'fd00::/8'])

  test.each([
    ['a.example.org', 1, true],
    ['example.org', 1, false],
    ['a.b.example.org', 1, false],
    ['a.example.org.evil', 1, false],
    ['db.corp', 5433, true],
    ['db.corp', 5432, false],
    ['2001:db8::1', 5432, true],
    ['2001:db8::1', 1, false],
  ])('knows of %s, port %d: %j', (host, port, isNamed) => {
    expect(list.names(host, port)).toBe(isNamed)
  })

  test('holds the addresses of its networks', () => {
    const addresses = ['10.20.255.1', '10.21.0.0', 'fd12::1', '2001:db8::1']
    expect(addresses.map((address) => list.holds(address))).toEqual([true, false, true, false])
  })

  test.each([
    ['*', /too wide/],
    ['*.org', /too wide/],
    ['a.*.org', /too wide/],
    ['db*.example.org', /does not stand for a whole label/],
    ['10.0.0.0/33', /is no network/],
    ['10.0.0.0/8/8', /is no network/],
    ['example.org/8', /is no network/],
    ['0x0a.0.0.0/8', /is no network/],
    ['2130706433', /another spelling/],
    ['https://example.org', /is no network/],
    ['db.example.org:0', /no port between/],
    ['db.example.org:70000', /no port between/],
    ['', /is no host/],
  ])('takes no %j', (line, sentence) => {
    expect(readHostEntry(line)).toMatch(sentence)
  })
})

describe('by default', () => {
  test.each([
    ['127.0.0.1', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['64:ff9b::7f00:1', 'loopback'],
    ['2002:a9fe:a9fe::', 'metadata'],
    ['169.254.169.254', 'metadata'],
    ['169.254.0.9', 'link-local'],
    ['0.0.0.0', 'unspecified'],
    ['224.0.0.1', 'multicast'],
    ['240.0.0.1', 'reserved'],
  ])('nobody reaches %s', (address, kind) => {
    for (const purpose of ['warehouse', 'identity-provider'] as const) {
      const decision = decide(address, [address], { purpose })
      expect(decision).toMatchObject({ allowed: false, rule: `outbound.${kind}` })
      expect(decision.reason).toMatch(/is inside the server’s own network \(.*\); its operator can list it/)
    }
  })

  test('warehouses may be in private networks, and identity providers may not', () => {
    expect(decide('db.corp', ['10.0.0.5']).allowed).toBe(true)
    expect(decide('login.corp', ['10.0.0.5'], { purpose: 'identity-provider' }).rule).toBe('outbound.private')
    expect(decide('db.corp', ['10.0.0.5'], { isPrivateOpen: false }).rule).toBe('outbound.private')
  })

  test('warehouses may be on this machine while the product is only tried on it, and nothing else may', () => {
    const tried = { isLoopbackOpen: true }
    for (const address of ['127.0.0.1', '::1']) {
      const { allowed, reason } = decide(address, [address], tried)
      expect({ allowed, reason }).toEqual({ allowed: true, reason: expect.stringMatching(/only tried on it/) })
      expect(decide(address, [address], { ...tried, purpose: 'identity-provider' }).rule).toBe('outbound.loopback')
    }
    expect(decide('169.254.169.254', ['169.254.169.254'], tried).allowed).toBe(false)
    expect(decide('db.example.org', ['127.0.0.1', '169.254.10.1'], tried).allowed).toBe(false)
  })

  test('one bad address among several is enough, and is not told', () => {
    const decision = decide('db.example.org', ['93.184.215.14', '127.0.0.1'])
    expect(decision).toMatchObject({ allowed: false, rule: 'outbound.loopback' })
    expect(decision.reason).toMatch(/^db\.example\.org leads to an address that is inside/)
    expect(decision.reason).not.toContain('127.0.0.1')
  })
})

describe('the operator', () => {
  test('opens what is inside by its name, its number or its network', () => {
    expect(decide('127.0.0.1', ['127.0.0.1'], { internalHosts: ['127.0.0.1'] }).allowed).toBe(true)
    expect(decide('db', ['127.0.0.1'], { internalHosts: ['db'] }).allowed).toBe(true)
    expect(decide('db', ['127.0.0.1'], { internalHosts: ['127.0.0.0/8'] }).allowed).toBe(true)
    // Another name for the same address is not what was listed.
    expect(decide('other', ['127.0.0.1'], { internalHosts: ['127.0.0.1'] }).allowed).toBe(false)
  })

  test('opens the metadata of a cloud by its number alone', () => {
    const internalHosts = ['rebound.corp']
    expect(decide('rebound.corp', ['169.254.169.254'], { internalHosts }).rule).toBe('outbound.metadata')
    const byNumber = { internalHosts: ['169.254.169.254'] }
    expect(decide('169.254.169.254', ['169.254.169.254'], byNumber).allowed).toBe(true)
  })

  test('sets what no organization goes beyond', () => {
    const outboundHosts = ['*.example.org', '10.0.0.0/8']
    expect(decide('db.example.org', ['93.184.215.14'], { outboundHosts }).allowed).toBe(true)
    expect(decide('db.corp', ['10.1.1.1'], { outboundHosts }).allowed).toBe(true)
    const beyond = decide('db.example.com', ['93.184.215.14'], { outboundHosts, allowed: ['db.example.com'] })
    expect(beyond.rule).toBe('outbound.ceiling')
  })
})

describe('an organization', () => {
  test('reaches what it lists alone', () => {
    const allowed = ['*.example.org:5432', '10.20.0.0/16']
    expect(decide('db.example.org', ['93.184.215.14'], { allowed }).allowed).toBe(true)
    expect(decide('db.example.org', ['93.184.215.14'], { allowed, port: 22 }).rule).toBe('outbound.allow-list')
    expect(decide('db.corp', ['10.20.0.1'], { allowed }).allowed).toBe(true)
    expect(decide('db.corp', ['10.20.0.1', '10.21.0.1'], { allowed }).allowed).toBe(false)
    expect(decide('db.example.org', ['93.184.215.14'], { allowed: [] }).allowed).toBe(false)
  })

  test('opens nothing that is closed by listing it', () => {
    for (const [host, address] of [
      ['evil.example.org', '127.0.0.1'],
      ['169.254.169.254', '169.254.169.254'],
    ] as const) {
      expect(decide(host, [address], { allowed: [host, `${address}/32`] }).allowed).toBe(false)
    }
  })
})
