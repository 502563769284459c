import { expect, test } from 'vitest'
import { AddressRanges, readAddressRange } from './address-ranges.ts'

test('a range is a network of IPv4 or IPv6, or one address', () => {
  const good = ['203.0.113.0/24', '0.0.0.0/0', '203.0.113.7', '2001:db8::/32', '::1', '::/0']
  expect(good.filter((line) => readAddressRange(line) === null)).toEqual([])
  const bad = [
    '',
    'office',
    '203.0.113.0/33',
    '203.0.113/24',
    '2001:db8::/129',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    'fe80::1%eth0',
  ]
  expect(bad.filter((line) => readAddressRange(line) !== null)).toEqual([])
})

test('an address is inside by its bits, whatever the bits after them, and IPv4 inside of IPv6 is IPv4', () => {
  const ranges = new AddressRanges(['203.0.113.77/24', '198.51.100.7', '2001:db8:1::/48'])
  const inside = [
    '203.0.113.0',
    '203.0.113.255',
    '198.51.100.7',
    '::ffff:203.0.113.9',
    '2001:db8:1:ffff::1',
    '2001:DB8:1::',
  ]
  expect(inside.filter((address) => !ranges.holds(address))).toEqual([])
  const outside = [
    '203.0.114.0',
    '198.51.100.8',
    '::ffff:198.51.100.8',
    '2001:db8:2::',
    '::1',
    '',
    'unknown',
    '203.0.113.9:80',
  ]
  expect(outside.filter((address) => ranges.holds(address))).toEqual([])
})

test('the whole of one family is nothing of the other', () => {
  expect(new AddressRanges(['0.0.0.0/0']).holds('2001:db8::1')).toBe(false)
  for (const address of ['203.0.113.9', '::ffff:203.0.113.9', '::ffff:cb00:7109']) {
    expect(new AddressRanges(['::/0']).holds(address), address).toBe(false)
    expect(new AddressRanges(['0.0.0.0/0']).holds(address), address).toBe(true)
  }
})
