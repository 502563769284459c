import { createDatabase, startPgBouncer, startPostgres } from '@graticule/testkit'
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
