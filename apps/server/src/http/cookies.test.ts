import fastify from 'fastify'
import { expect, test } from 'vitest'
import { serializeCookie } from './cookies.ts'

const COOKIE = { name: 'session', value: 'abc', path: '/', maxAgeSeconds: 60 }

/** What a browser is given by a server of that public address, asked without encryption as behind a proxy. */
async function giveCookie(publicUrl: string | null): Promise<string | undefined> {
  const app = fastify()
  app.get('/', async (request, reply) =>
    reply.header('set-cookie', serializeCookie(request, COOKIE, { publicUrl })).send(),
  )
  const { headers } = await app.inject('/')
  return headers['set-cookie']?.toString()
}

test('cookies are kept from scripts and other sites, and from unencrypted connections where the workspace is on https', async () => {
  const plain = 'session=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax'
  expect(await giveCookie(null)).toBe(plain)
  expect(await giveCookie('http://maps.example.org')).toBe(plain)
  expect(await giveCookie('https://maps.example.org')).toBe(`${plain}; Secure`)
})
