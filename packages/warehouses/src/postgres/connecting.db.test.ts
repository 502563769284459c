import { createServer } from 'node:net'
import type { AppError } from '@graticule/contract'
import { createDatabase, findFreePort, startPgBouncer, startPostgres, type TestPostgres } from '@graticule/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Warehouse } from '../provider.ts'
import type { PostgresConfig } from './config.ts'
import { postgresProvider } from './provider.ts'

const RUN = { timeoutMs: 10_000 }
let server: TestPostgres
let base: PostgresConfig

beforeAll(async () => {
  server = await startPostgres({ authentication: 'scram', ssl: true })
  base = { host: 'localhost', port: server.port, database: 'postgres', user: server.user, password: server.password }
})
afterAll(() => server.stop())

async function withWarehouse<Answer>(
  config: PostgresConfig,
  work: (warehouse: Warehouse) => Promise<Answer>,
): Promise<Answer> {
  const warehouse = await postgresProvider.open({ config })
  try {
    return await work(warehouse)
  } finally {
    await warehouse.close()
  }
}

const usesTls = (config: PostgresConfig): Promise<unknown> =>
  withWarehouse(config, async (warehouse) => {
    const text = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'
    return (await warehouse.run({ text, values: [] }, RUN)).rows[0]?.ssl
  })

describe('a connection that fails says which step failed', () => {
  test.each([
    ['a host that has no address', { host: 'no-such-host.invalid' }, 'dns', /\(DNS\); check the host's spelling/],
    ['a wrong password', { password: 'wrong' }, 'authentication', /password of user "postgres".* check the user/],
    ['no password', { password: undefined }, 'authentication', /asks for a password.* enter it anew/],
    ['a user that does not exist', { user: 'nobody' }, 'authentication', /nobody/],
    ['a database that does not exist', { database: 'missing' }, 'database', /no database "missing"; check/],
    ['a socket folder that does not exist', { host: '/no/such/folder' }, 'tcp', /socket/],
    ['a certificate of an unknown authority', { sslMode: 'verify-full' }, 'tls', /enter the certificate of the auth/],
    ['half a client certificate', { sslMode: 'require', sslClientKey: 'x' }, undefined, /certificate/],
  ] as const)('%s', async (_, change, step, message) => {
    const failure = await postgresProvider.open({ config: { ...base, ...change } }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ message: expect.stringMatching(message) })
    expect((failure as AppError).details?.step).toBe(step)
    expect(['invalid_request', 'warehouse_auth_failed', 'warehouse_unavailable']).toContain((failure as AppError).code)
    expect(JSON.stringify(failure)).not.toContain(server.password)
  })

  test('a server that lets nobody in without TLS', async () => {
    const strict = await startPostgres({ authentication: 'scram', ssl: true, requireSsl: true })
    const config = { ...base, port: strict.port, password: strict.password }
    const failure = await postgresProvider.open({ config }).catch((error: unknown) => error)
    expect(failure).toMatchObject({
      code: 'warehouse_auth_failed',
      message: expect.stringMatching(/without TLS.*switch TLS on in the connection/),
      details: { step: 'tls' },
    })
    expect(await usesTls({ ...config, sslMode: 'require' })).toBe(true)
    await strict.stop()
  })

  test('a certificate for another name than the host', async () => {
    const sslCertificateAuthority = server.authority?.certificate
    const config = { ...base, host: '127.1', sslMode: 'verify-full' as const, sslCertificateAuthority }
    const failure = await postgresProvider.open({ config }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ details: { step: 'tls' }, message: expect.stringMatching(/for another name/) })
  })

  test('a role that may not connect to the database', async () => {
    const admin = { ...base, database: 'postgres' }
    const statements = [
      "CREATE ROLE outsider LOGIN PASSWORD 'outside'",
      'CREATE DATABASE closed_to_all',
      'REVOKE CONNECT ON DATABASE closed_to_all FROM PUBLIC',
    ]
    await withWarehouse(admin, async (warehouse) => {
      for (const text of statements) await warehouse.run({ text, values: [] }, RUN)
    })
    const config = { ...base, user: 'outsider', password: 'outside', database: 'closed_to_all' }
    await expect(postgresProvider.open({ config })).rejects.toMatchObject({
      details: { step: 'database' },
      message: expect.stringContaining('grant it CONNECT'),
    })
  })

  test('a port where nothing listens', async () => {
    const port = await findFreePort()
    await expect(postgresProvider.open({ config: { ...base, port } })).rejects.toThrow(/Nothing answers at .* \(TCP\)/)
  })

  test('a port where something listens that never answers', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => silent.once('listening', resolve))
    const { port } = silent.address() as { port: number }
    const config = { ...base, host: '127.0.0.1', port, connectTimeoutSeconds: 1 }
    await expect(postgresProvider.open({ config })).rejects.toMatchObject({ code: 'warehouse_unavailable' })
    silent.close()
  })

  test('TLS towards a server that has none', async () => {
    const plain = await startPostgres()
    const config = { ...base, port: plain.port, sslMode: 'require' as const }
    await expect(postgresProvider.open({ config })).rejects.toThrow(/does not speak TLS/)
    await plain.stop()
  })
})

describe('TLS', () => {
  test('is off, on, and verified as the mode says', async () => {
    const sslCertificateAuthority = server.authority?.certificate
    expect(await usesTls({ ...base, sslMode: 'disable' })).toBe(false)
    expect(await usesTls({ ...base, sslMode: 'require' })).toBe(true)
    expect(await usesTls({ ...base, sslMode: 'verify-ca', sslCertificateAuthority })).toBe(true)
    expect(await usesTls({ ...base, sslMode: 'verify-full', sslCertificateAuthority })).toBe(true)
    expect(await usesTls({ ...base, host: server.socketDirectory, sslMode: 'require' })).toBe(false)
  })

  test('verify-full checks the name, verify-ca does not', async () => {
    const other = server.authority?.issue('client')
    const foreign = await startPostgres({ ssl: true })
    const config = { ...base, port: foreign.port, sslCertificateAuthority: server.authority?.certificate }
    await expect(usesTls({ ...config, sslMode: 'verify-ca' })).rejects.toThrow(/TLS/)
    await foreign.stop()
    const named = { ...base, host: '127.0.0.1', sslCertificateAuthority: server.authority?.certificate }
    expect(
      await usesTls({
        ...named,
        sslMode: 'verify-ca',
        sslClientCertificate: other?.certificate,
        sslClientKey: other?.key,
      }),
    ).toBe(true)
  })

  test('a statement over TLS can be cancelled', async () => {
    await withWarehouse({ ...base, sslMode: 'require' }, async (warehouse) => {
      await expect(
        warehouse.run({ text: 'SELECT pg_sleep(30)', values: [] }, { timeoutMs: 200 }),
      ).rejects.toMatchObject({ code: 'warehouse_timeout' })
    })
  })
})

describe('a warehouse that dies', () => {
  test('in the middle of a statement is warehouse_unavailable, and works again when it is back', async () => {
    const mortal = await startPostgres()
    const bouncer = await startPgBouncer(mortal)
    const { host, port, user, password, database } = mortal
    const warehouse = await postgresProvider.open({ config: { host, port, user, password, database } })
    const running = warehouse.run({ text: 'SELECT pg_sleep(30)', values: [] }, { timeoutMs: 20_000 })
    const failure = running.catch((error: unknown) => error)
    setTimeout(() => mortal.crash(), 300)
    expect(await failure).toMatchObject({ code: 'warehouse_unavailable' })
    await expect(warehouse.run({ text: 'SELECT 1', values: [] }, RUN)).rejects.toMatchObject({
      code: 'warehouse_unavailable',
    })
    await warehouse.close()
    await bouncer.stop()
    await mortal.stop()
  })

  test('one session that the administrator ends does not take the others along', async () => {
    await withWarehouse(base, async (warehouse) => {
      const running = warehouse.run({ text: 'SELECT pg_sleep(30)', values: [] }, { timeoutMs: 20_000 })
      const failure = running.catch((error: unknown) => error)
      await new Promise((resolve) => setTimeout(resolve, 200))
      const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%' AND pid <> pg_backend_pid()`
      await warehouse.run({ text: kill, values: [] }, RUN)
      expect(await failure).toMatchObject({ code: 'warehouse_unavailable' })
      expect((await warehouse.run({ text: 'SELECT 1 AS n', values: [] }, RUN)).rows).toEqual([{ n: 1 }])
    })
  })
})

describe('a database without PostGIS', () => {
  test('is browsed and queried, and says that nothing can be mapped', async () => {
    const database = await createDatabase(server, { postgis: false })
    await withWarehouse({ ...base, database: database.database }, async (warehouse) => {
      expect(warehouse.version).toMatch(/no PostGIS/)
      expect(warehouse.warnings).toEqual([
        { step: 'postgis', sentence: expect.stringMatching(/has no PostGIS; run CREATE EXTENSION postgis in it\.$/) },
      ])
      await warehouse.run({ text: 'CREATE TABLE places (id int, lon float8, lat float8)', values: [] }, RUN)
      expect(await warehouse.listTables('public', RUN)).toMatchObject([{ name: 'places', geometryColumn: null }])
      const description = await warehouse.describe({ type: 'table', name: 'places' }, RUN)
      expect(description.spatialColumns).toMatchObject([{ encoding: 'lonlat' }])
      const { rows } = await warehouse.run({ text: 'SELECT count(*) AS n FROM places', values: [] }, RUN)
      expect(rows).toEqual([{ n: 0 }])
      for (const text of ['SELECT ST_MakePoint(lon, lat) FROM places', 'SELECT NULL::geometry AS geom']) {
        await expect(warehouse.run({ text, values: [] }, RUN)).rejects.toMatchObject({
          code: 'warehouse_failed',
          message: expect.stringMatching(/^PostGIS 2\.4 or newer is needed for geometry, but .* has no PostGIS;/),
        })
      }
    })
    await database.drop()
  })
})
