import { once } from 'node:events'
import { connect } from 'node:net'
import pg from 'pg'
import { expect, test } from 'vitest'
import { startPgBouncer } from './pgbouncer.ts'
import { startPostgres } from './postgres.ts'
import { startRedis } from './redis.ts'

test('PgBouncer hands one server session to several clients, a transaction at a time', async () => {
  const server = await startPostgres({ authentication: 'scram' })
  const bouncer = await startPgBouncer(server, { poolSize: 1 })
  const clients = await Promise.all(
    [1, 2, 3].map(async () => {
      const client = new pg.Client({ connectionString: bouncer.connectionString })
      await client.connect()
      return client
    }),
  )
  const answers = await Promise.all(clients.map((client) => client.query('SELECT pg_backend_pid() AS pid')))
  expect(new Set(answers.map(({ rows }) => rows[0].pid)).size).toBe(1)
  await Promise.all(clients.map((client) => client.end()))
  await bouncer.stop()
  await server.stop()
})

test('Redis answers a ping, and is gone after it was stopped', async () => {
  const redis = await startRedis()
  const socket = connect(redis.port, '127.0.0.1')
  socket.write('PING\r\n')
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect(answer.toString()).toBe('+PONG\r\n')
  socket.destroy()
  await redis.stop()
  const [error] = (await once(connect(redis.port, '127.0.0.1'), 'error')) as [NodeJS.ErrnoException]
  expect(error.code).toBe('ECONNREFUSED')
})
