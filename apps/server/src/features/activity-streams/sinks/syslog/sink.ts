import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect as connectPlainly, isIP, isIPv6, type Socket } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import type { Sink, SinkKind } from '../sink.ts'
import { toSyslogMessage } from './message.ts'

const PORTS: Readonly<Record<string, number>> = { 'syslog+tcp:': 601, 'syslog+tls:': 6514, 'syslog+udp:': 514 }

/**
 * Messages of RFC 5424, over TCP or TLS with their length in front (RFC 6587, RFC 5425), or one in each UDP packet:
 * `syslog+tls://collector.example.org:6514`, with `?ca=/path` for an authority of one's own. Over UDP nobody knows what
 * arrived.
 */
export const syslogSink: SinkKind = {
  protocols: Object.keys(PORTS),
  open(address) {
    const host = address.hostname.replace(/^\[|\]$/g, '')
    if (host === '') throw new Error('The address of a syslog collector is syslog+tls://host:port.')
    const port = address.port === '' ? (PORTS[address.protocol] ?? 0) : Number(address.port)
    if (address.protocol === 'syslog+udp:') return overUdp(host, port)
    const authority = address.searchParams.get('ca')
    const ca = authority === null ? undefined : readFileSync(authority)
    const connect = () =>
      address.protocol === 'syslog+tls:'
        ? connectSecurely({ host, port, ...(ca && { ca }), ...(isIP(host) === 0 && { servername: host }) })
        : connectPlainly({ host, port })
    return overStream(connect, address.protocol === 'syslog+tls:' ? 'secureConnect' : 'connect')
  },
}

/**
 * A connection for each delivery. Syslog has no acknowledgement, but a collector that closes after our end has read
 * what came before it; without its close the events count as not delivered.
 */
function overStream(connect: () => Socket, opened: string): Sink {
  return {
    async deliver(events, signal) {
      const socket = connect()
      const destroy = () => socket.destroy(new Error('The collector took too long.'))
      signal.addEventListener('abort', destroy)
      try {
        await once(socket, opened)
        const closed = once(socket, 'close')
        socket.resume()
        for (const event of events) {
          const message = Buffer.from(toSyslogMessage(event))
          socket.write(`${message.byteLength} `)
          socket.write(message)
        }
        socket.end()
        const [hadError] = (await closed) as [boolean]
        if (hadError) throw new Error('The collector broke the connection off.')
      } finally {
        signal.removeEventListener('abort', destroy)
        socket.destroy()
      }
    },
  }
}

/** What does not fit into a packet goes without its details. */
const MAX_PACKET_BYTES = 8_192

function overUdp(host: string, port: number): Sink {
  return {
    async deliver(events) {
      const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
      try {
        for (const event of events) {
          const whole = Buffer.from(toSyslogMessage(event))
          const isFitting = whole.byteLength <= MAX_PACKET_BYTES
          const packet = isFitting ? whole : Buffer.from(toSyslogMessage({ ...event, details: { cut: true } }))
          await new Promise<void>((resolve, reject) => {
            socket.send(packet, port, host, (error) => (error === null ? resolve() : reject(error)))
          })
        }
      } finally {
        socket.close()
      }
    },
  }
}
