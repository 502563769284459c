import { mkdir } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'
import { postgis } from '@electric-sql/pglite-postgis'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'

// The child process of `startEmbeddedPostgis`: opens the folder of argument 2 and serves it on the socket of argument
// 3. Without a socket it only makes the folder. It ends with its parent.

const [, , dataDirectory = '', socketPath] = process.argv
process.on('disconnect', () => process.exit(0))
await mkdir(dataDirectory, { recursive: true })
const database = await PGlite.create({ dataDir: dataDirectory, extensions: { postgis } })
await database.exec('CREATE EXTENSION IF NOT EXISTS postgis')
if (socketPath === undefined) {
  await database.close()
  process.exit(0)
}
const server = new PGLiteSocketServer({ db: database, path: socketPath, maxConnections: 100 })
await server.start()
process.send?.('ready')
