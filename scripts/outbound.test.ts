import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const LOOKED_THROUGH = ['apps/server/src', 'packages/warehouses/src']

/** What opens sockets, each for a reason: where it asks the outbound policy, or whose word it goes by. */
const MAY_CONNECT: Readonly<Record<string, string>> = {
  'apps/server/src/platform/outbound/outbound-fetch.ts': 'asks the policy',
  'apps/server/src/features/auth/methods/ldap/ldap-connection.ts': 'asks the policy',
  'packages/warehouses/src/postgres/admitted-socket.ts': 'asks the policy',
  'packages/warehouses/src/postgres/cancel-request.ts': 'goes where its session is',
  'apps/server/src/platform/mail/smtp-mailer.ts': 'goes by the operator’s word',
  'apps/server/src/platform/cache/shared-answer-cache.ts': 'goes by the operator’s word',
  'apps/server/src/commands/cache-verify/asker.ts': 'goes by the operator’s word',
  'apps/server/src/features/activity-streams/sinks/s3/sink.ts': 'goes by the operator’s word',
  'apps/server/src/features/activity-streams/sinks/syslog/sink.ts': 'goes by the operator’s word',
  'apps/server/src/features/activity-streams/sinks/webhook/sink.ts': 'goes by the operator’s word',
}

/** Names that open a socket, imported or used. */
const OPENS = [
  /import \{[^}]*\b(?:connect|createConnection|request|get|Socket|TLSSocket)\b[^}]*\} from 'node:(?:net|tls|http|https|http2)'/,
  /from '(?:undici|axios|got|node-fetch|ws|nodemailer|aws4fetch|@redis\/client)'/,
]
/** The global one, unless the file has a function of its own that is called so. */
const FETCHES = /(?<![\w.#'"`])fetch\(/
const OWN_FETCH = /\b(?:const|function) fetch\b|\bfetch: /

function opensSockets(text: string): boolean {
  // A type opens nothing.
  const code = text.replace(/^import type .*$/gm, '').replace(/\btype \w+(?: as \w+)?,?/g, '')
  return OPENS.some((pattern) => pattern.test(code)) || (FETCHES.test(code) && !OWN_FETCH.test(code))
}

function listFiles(): string[] {
  return LOOKED_THROUGH.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name))
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
      .filter((path) => !/\/(?:testing|conformance)\/|-subject\.ts$/.test(path)),
  )
}

test.each([
  ["import { connect } from 'node:net'", true],
  ["import { type Socket, connect as open } from 'node:tls'", true],
  ["import { request as ask } from 'node:https'", true],
  ['const answer = await fetch(url)', true],
  ["import { createTransport } from 'nodemailer'", true],
  ["import { createClient } from '@redis/client'", true],
  ["import { isIP, type Socket } from 'node:net'", false],
  ["import type { Socket } from 'node:net'", false],
  ["import { createServer } from 'node:http'", false],
  ['await this.#fetch(warehouse)', false],
])('the test knows what opens a socket: %s', (text, expected) => {
  expect(opensSockets(text)).toBe(expected)
})

test('nothing but what asks the outbound policy, or goes by the operator’s word, opens a socket to elsewhere', () => {
  const found = listFiles().filter((path) => opensSockets(readFileSync(join(ROOT, path), 'utf8')))
  // A new one belongs behind a door of platform/outbound (ADR 0049).
  expect(found.sort()).toEqual(Object.keys(MAY_CONNECT).sort())
})
