import { readFileSync } from 'node:fs'
import fastify from 'fastify'
import pino from 'pino'

// A process of its own: the least that Fastify can do to serve the bytes of one tile from memory, logging each
// request as our server does.
const [bytesPath = ''] = process.argv.slice(2)
const bytes = readFileSync(bytesPath)

const app = fastify({
  loggerInstance: pino(
    {
      level: 'info',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ dest: 1, sync: false }),
  ),
})
app.get('/tile', (_request, reply) => reply.type('application/vnd.mapbox-vector-tile').send(bytes))
await app.listen({ host: '127.0.0.1', port: 0 })
const address = app.server.address()
process.send?.({ port: typeof address === 'object' ? address?.port : undefined })
process.once('disconnect', () => process.exit(0))
