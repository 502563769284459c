import { hostname } from 'node:os'
import type { StreamedEvent } from '../sink.ts'

/** Log audit, of RFC 5424. */
const FACILITY = 13
const SEVERITIES = { ok: 6, denied: 4, error: 3 } as const
/** The number of examples, under which nobody else names anything. */
const STRUCTURED_ID = 'graticule@32473'

/** An event as a message of RFC 5424: what one filters by as structured data, all of it as JSON in the text. */
export function toSyslogMessage(event: StreamedEvent): string {
  const priority = FACILITY * 8 + SEVERITIES[event.outcome]
  const facts = {
    organization: event.organizationId ?? '',
    seq: event.seq,
    outcome: event.outcome,
    actor: event.actor.id ?? event.actor.kind,
    ...(event.ipAddress === null ? {} : { ip: event.ipAddress }),
  }
  const structured = Object.entries(facts).map(([name, value]) => `${name}="${value.replaceAll(/["\\\]]/g, '\\$&')}"`)
  const head = [
    `<${priority}>1`,
    event.at,
    asName(hostname(), 255),
    'graticule',
    String(process.pid),
    asName(event.type, 32),
    `[${STRUCTURED_ID} ${structured.join(' ')}]`,
  ].join(' ')
  return `${head} ${JSON.stringify(event)}`
}

/** Visible ASCII without spaces, or a dash for nothing. */
function asName(text: string, maxLength: number): string {
  return text.replaceAll(/[^!-~]/g, '').slice(0, maxLength) || '-'
}
