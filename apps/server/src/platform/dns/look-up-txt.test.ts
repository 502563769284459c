import { startDnsServer, type TestDnsServer } from '@graticule/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTxtLookUp } from './look-up-txt.ts'

let dns: TestDnsServer
beforeAll(async () => {
  dns = await startDnsServer()
})
afterAll(() => dns.stop())

test('the records of a name come as texts, long ones in one piece', async () => {
  const long = 'x'.repeat(600)
  dns.records.set('_graticule.example.org', ['v=spf1 -all', long])
  expect(await createTxtLookUp([dns.address])('_graticule.example.org')).toEqual(['v=spf1 -all', long])
})

test('a name that is not there, or has no such record, has none', async () => {
  dns.records.set('gone.example.org', null)
  dns.records.set('empty.example.org', [])
  const lookUp = createTxtLookUp([dns.address])
  expect(await lookUp('gone.example.org')).toEqual([])
  expect(await lookUp('empty.example.org')).toEqual([])
})

test('a name server that does not answer is told apart from one that knows no record', async () => {
  await expect(createTxtLookUp([dns.address], 50)('silent.example.org')).rejects.toMatchObject({ code: 'ETIMEOUT' })
})
