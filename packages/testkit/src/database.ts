import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { connectionStringOf, type PostgresAddress } from './postgres.ts'

export interface TestDatabase extends PostgresAddress {
  /** Ends every session in it and drops it. */
  drop(): Promise<void>
}

/**
 * A fresh database of a test server: one for each test file. It is a copy of `template`; without one it has PostGIS,
 * unless `postgis` is false.
 */
export async function createDatabase(
  server: PostgresAddress,
  options: { readonly postgis?: boolean; readonly template?: string } = {},
): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`
  const template = options.template ?? (options.postgis === false ? 'template0' : 'template1')
  await retryWhileTemplateIsBusy(() => execute(server, `CREATE DATABASE ${name} TEMPLATE ${template}`))
  const address = { ...server, database: name }
  return {
    host: server.host,
    port: server.port,
    user: server.user,
    password: server.password,
    database: name,
    connectionString: connectionStringOf(address),
    drop: () => execute(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  }
}

async function execute(server: PostgresAddress, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.connectionString })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}

async function retryWhileTemplateIsBusy(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const isBusy = error instanceof pg.DatabaseError && error.code === '55006'
      if (!isBusy || attempt === 20) throw error
      await sleep(50)
    }
  }
}
