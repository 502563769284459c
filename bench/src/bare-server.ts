import { readFileSync } from 'node:fs'
import fastify, { LogController } from 'fastify'
import pino from 'pino'

// A process of its own: the least that Fastify can do to serve the bytes of one tile from memory. It logs through the same
// logger as our server: `one-line` writes the same line for each request, `two-lines` what Fastify writes by itself.
const [bytesPath = '', logging = 'one-line'] = process.argv.slice(2)
const bytes = readFileSync(bytesPath)

const app = fastify({
  logController: new LogController({ disableRequestLogging: logging === 'one-line' }),
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
if (logging === 'one-line') {
  app.addHook('onResponse', (request, reply, done) => {
    const durationMs = Math.round(reply.elapsedTime * 100) / 100
    const line = {
      requestId: request.id,
      method: request.method,
      path: request.url,
      status: reply.statusCode,
      durationMs,
    }
    app.log.info(line, 'request')
    done()
  })
}
app.get('/tile', (_request, reply) => reply.type('application/vnd.mapbox-vector-tile').send(bytes))
await app.listen({ host: '127.0.0.1', port: 0 })
const address = app.server.address()
process.send?.({ port: typeof address === 'object' ? address?.port : undefined })
process.once('disconnect', () => process.exit(0))
