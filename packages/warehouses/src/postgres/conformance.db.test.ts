import {
  createDatabase,
  createNamedDatabase,
  readNamedPostgres,
  startPgBouncer,
  startPostgres,
} from '@graticule/testkit'
import { runConformance } from '../conformance/index.ts'
import type { Capabilities } from '../provider.ts'
import { openPostgresSubject } from './postgres-subject.ts'

const SERVER: Capabilities = {
  supportsCancel: true,
  supportsStatementTimeout: true,
  supportsViewerCredentials: true,
  supportsStreaming: true,
}

runConformance('PostgreSQL', {
  capabilities: SERVER,
  async start() {
    const server = await startPostgres({ authentication: 'scram' })
    const { host, port, user, password, database } = await createDatabase(server)
    return openPostgresSubject({ host, port, user, password, database }, { close: () => server.stop() })
  },
})

runConformance('PostgreSQL behind PgBouncer in transaction mode', {
  capabilities: SERVER,
  async start() {
    const server = await startPostgres()
    const bouncer = await startPgBouncer(await createDatabase(server))
    const { host, port, user, password, database } = bouncer
    const close = async (): Promise<void> => {
      await bouncer.stop()
      await server.stop()
    }
    return openPostgresSubject({ host, port, user, password, database }, { close })
  },
})

const named = readNamedPostgres()
if (named) {
  runConformance('The PostgreSQL of GRATICULE_TEST_POSTGRES', {
    capabilities: SERVER,
    async start() {
      const { drop, host, port, user, password, database } = await createNamedDatabase(named)
      const subject = await openPostgresSubject({ host, port, user, password, database }, { close: drop })
      console.log(`${named.host}:${named.port} is ${subject.warehouse.version}`)
      return subject
    },
  })
}
