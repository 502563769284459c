import { AppError } from '@graticule/contract'
import type { Statement } from '@graticule/sql'
import type { ConnectStep } from '../provider.ts'
import { type PostgresConfig, tlsOptions } from './config.ts'

/** What pg puts on an error that came from the server. */
interface ServerError extends Error {
  readonly code: string
  readonly position?: string
  readonly hint?: string
  readonly detail?: string
  /** The source file of the server that raised it. */
  readonly file?: string
}

/** Why a statement ended from our side; the server only says that it was cancelled. */
export type EndedBy = 'timeout' | 'abort' | undefined

/** What a statement's error is told with. */
export interface StatementContext {
  readonly config: PostgresConfig
  readonly statement: Statement
  /** Characters that were put before the statement's text. */
  readonly prefixLength: number
  readonly endedBy: EndedBy
  readonly timeoutMs: number
}

/**
 * A driver error of a running statement → one of the closed set, with what to check. What neither the server nor the
 * socket said is a fault of ours and stays as it is.
 */
export function mapStatementError(error: unknown, context: StatementContext): unknown {
  if (error instanceof AppError) return error
  if (context.endedBy === 'timeout') return timeoutError(context.timeoutMs, error)
  if (context.endedBy === 'abort') return cancelledError(error)
  if (!isServerError(error)) return isSocketError(error) ? connectionLost(context.config, error) : error
  const { user } = context.config
  switch (error.code) {
    case '57014':
      return error.message.includes('statement timeout')
        ? timeoutError(undefined, error)
        : new AppError('warehouse_failed', 'The database cancelled the statement; ask its administrator why.', {
            cause: error,
          })
    case '42501':
      return new AppError(
        'warehouse_permission_denied',
        `The database refused: ${error.message}; grant the role "${user}" what it lacks.`,
        { details: { rule: 'warehouse.permission' }, cause: error },
      )
    case '25006':
      return new AppError('warehouse_permission_denied', `The database refused: ${error.message}.`, {
        details: { rule: 'warehouse.permission' },
        cause: error,
      })
    case '53100':
      return new AppError('warehouse_failed', 'The database has no disk space left for this statement.', {
        cause: error,
      })
    case '53200':
      return new AppError('warehouse_failed', 'The database ran out of memory for this statement.', { cause: error })
    case '57P01':
    case '57P02':
    case '57P03':
      return connectionLost(context.config, error)
  }
  if (/^(0A|21|22|23|2B|2F|38|39|42|44|P0|XX|54)/.test(error.code)) return invalidQuery(error, context)
  if (isOwnConnectionOfStatement(error)) return invalidQuery(error, context)
  if (error.code.startsWith('08')) return connectionLost(context.config, error)
  if (error.code.startsWith('28')) return mapConnectError(error, context.config)
  return new AppError('warehouse_failed', `The database could not run the statement: ${error.message}.`, {
    cause: error,
  })
}

/**
 * True when a connection that the statement itself asked for (dblink, a foreign table) failed, while ours is well. The
 * server says 08001 and 08003 only as somebody's client; 08006 it says of both.
 */
function isOwnConnectionOfStatement({ code, file }: ServerError): boolean {
  return (
    code === '08001' ||
    code === '08003' ||
    (code === '08006' && /^(?:dblink|connection|postgres_fdw)\.c$/.test(file ?? ''))
  )
}

/** A function or type of PostGIS that the database does not know. */
export function isUnknownGeometry(error: unknown): boolean {
  return (
    isServerError(error) &&
    (error.code === '42883' || error.code === '42704') &&
    /\b(?:st_\w+\(|geometry\b|geography\b)/i.test(error.message)
  )
}

/** A driver error while logging in → which step failed and what to check. */
export function mapConnectError(error: unknown, config: PostgresConfig): AppError {
  if (error instanceof AppError) return error
  const { host, database, user } = config
  const place = host.startsWith('/') ? `the socket folder ${host}` : `${host}:${config.port ?? 5432}`
  const code = errorCode(error)
  const message = error instanceof Error ? error.message : String(error)
  const unavailable = (step: ConnectStep, sentence: string): AppError =>
    new AppError('warehouse_unavailable', sentence, { cause: error, details: { step } })
  const refused = (step: ConnectStep, sentence: string): AppError =>
    new AppError('warehouse_auth_failed', sentence, { cause: error, details: { step } })
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return unavailable(
        'dns',
        `The name "${host}" cannot be resolved (DNS); check the host's spelling and this server's DNS.`,
      )
    case 'ECONNREFUSED':
      return unavailable(
        'tcp',
        `Nothing answers at ${place} (TCP); check the port, and that PostgreSQL listens on that address.`,
      )
    case 'ENOENT':
      return unavailable('tcp', `There is no PostgreSQL socket in ${host}; check the folder and the port.`)
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return unavailable('tcp', `${place} cannot be reached (TCP); check the network and the firewall in between.`)
    case '28P01':
      return refused(
        'authentication',
        `The password of user "${user}" was not accepted (authentication); check the user and the password.`,
      )
    case '28000':
      // The server's message comes in its language; the setting that it names does not.
      if (tlsOptions(config) === false && /pg_hba\.conf/.test(message)) {
        return refused(
          'tls',
          `The server does not let user "${user}" in from here without TLS, or not at all: ${message}; switch TLS on in the connection; if it was refused with TLS too, add a line for this server to pg_hba.conf.`,
        )
      }
      return refused(
        'authentication',
        `The server does not let user "${user}" in from here (authentication): ${message}; check the user, TLS, and the server's pg_hba.conf.`,
      )
    case '3D000':
      return unavailable('database', `The server has no database "${database}"; check the database's name.`)
    case '42501':
      return refused('database', `User "${user}" may not connect to database "${database}"; grant it CONNECT.`)
    case '53300':
      return unavailable(
        'database',
        `The server at ${place} has no free connections; try again, or raise its max_connections.`,
      )
    case '57P03':
      return unavailable('database', `The server at ${place} is starting up or shutting down; try again in a moment.`)
  }
  if (/does not support SSL/i.test(message)) {
    return unavailable(
      'tls',
      `The server at ${place} does not speak TLS; choose another TLS mode, or switch TLS on there.`,
    )
  }
  if (config.sslClientCertificate && isRefusedCertificate(code)) {
    return refused(
      'tls',
      `The server at ${place} does not accept the client certificate (TLS): ${message.replace(/\.+$/, '')}; check that its ssl_ca_file holds the authority that signed it, and that the clocks are right.`,
    )
  }
  if (
    /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_|UNABLE_|SELF_SIGNED|EPROTO|ERR_OSSL)/.test(code) ||
    /certificate/i.test(message)
  ) {
    const advice = adviceOnTls(code, host)
    return unavailable('tls', `The TLS connection to ${place} failed: ${message.replace(/\.+$/, '')}; ${advice}`)
  }
  if (/password must be a string|no password|SASL/i.test(message)) {
    return refused(
      'authentication',
      `The server asks for a password for user "${user}" (authentication), and the one given is missing or not usable; enter it anew.`,
    )
  }
  if (/timeout|timed out/i.test(message)) {
    return unavailable('tcp', `${place} did not answer in time (TCP); check the network and the firewall in between.`)
  }
  if (/pooler error|no such database|bouncer config/i.test(message)) {
    return unavailable(
      'database',
      `The connection pooler at ${place} refused: ${message}; check the database's name and the pooler's list of them.`,
    )
  }
  return new AppError(
    'warehouse_unavailable',
    `The connection to ${place} failed: ${message}; check the host, the port, and the server's log.`,
    { cause: error },
  )
}

/** True for the alerts by which a server turns down the certificate that it was shown. */
function isRefusedCertificate(code: string): boolean {
  return /^ERR_SSL_\w*ALERT_(?:UNKNOWN_CA|BAD_CERTIFICATE|(?:UNSUPPORTED|REVOKED|EXPIRED)_CERTIFICATE|CERTIFICATE_\w+)$/.test(
    code,
  )
}

/** What to do about a certificate, by what is wrong with it. */
function adviceOnTls(code: string, host: string): string {
  switch (code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `its certificate is for another name: use that name as the host, have "${host}" added to it, or verify the certificate alone.`
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return 'renew the certificate on the server, or set the clocks right.'
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_SIGNATURE_FAILURE':
      return 'enter the certificate of the authority that signed the one of the server.'
    default:
      return 'check the TLS mode and the certificates.'
  }
}

/** True when the login failed because a pooler or an old server does not know a start-up option. */
export function isUnknownStartupOption(error: unknown): boolean {
  const code = errorCode(error)
  const message = error instanceof Error ? error.message : ''
  return (
    (code === '08P01' && /startup|option/i.test(message)) ||
    code === '42704' ||
    code === '22023' ||
    /unrecognized configuration parameter|unsupported startup parameter/i.test(message)
  )
}

/** True when PostGIS could not carry a box over into the data's reference system. */
export function isProjectionFailure(error: unknown): boolean {
  return isServerError(error) && /transform|proj/i.test(error.message) && /^(XX|22)/.test(error.code)
}

export function cancelledError(cause?: unknown): AppError {
  return new AppError('client_closed_request', 'The request was cancelled, and its statement with it.', { cause })
}

/** True for an error that the server sent, as opposed to a broken socket. */
export function isServerError(error: unknown): error is ServerError {
  return error instanceof Error && 'severity' in error && 'code' in error && typeof error.code === 'string'
}

/** System errors carry a code; pg's own about a closed socket only a message. */
function isSocketError(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return /^E(?!RR_)/.test(errorCode(error)) || /connection|not queryable|socket/i.test(error.message)
}

function timeoutError(timeoutMs: number | undefined, cause: unknown): AppError {
  const limit = timeoutMs === undefined ? 'the time the database allows' : `${Math.round(timeoutMs / 100) / 10} seconds`
  return new AppError('warehouse_timeout', `The statement took longer than ${limit} and was cancelled.`, {
    cause,
    hint: 'Ask for fewer rows, filter on an indexed column, or add an index.',
  })
}

function connectionLost(config: PostgresConfig, cause: unknown): AppError {
  return new AppError(
    'warehouse_unavailable',
    `The connection to database "${config.database}" broke while a statement was running; try again; if it happens again, look at the database's log.`,
    { cause },
  )
}

function invalidQuery(error: ServerError, { statement, prefixLength }: StatementContext): AppError {
  const position = error.position === undefined ? undefined : Number(error.position) - 1 - prefixLength
  const place = position === undefined ? undefined : placeInOrigin(statement, position)
  return new AppError('invalid_query', sentenceOf(error.message), {
    details: { sqlState: error.code, ...(place ?? {}), ...(error.detail ? { detail: error.detail } : {}) },
    ...(error.hint ? { hint: error.hint } : {}),
    cause: error,
  })
}

function sentenceOf(message: string): string {
  const capital = message.charAt(0).toUpperCase() + message.slice(1)
  return /[.!?]$/.test(capital) ? capital : `${capital}.`
}

/** Position (from 0), line and column (from 1) in the person's own text; nothing when the error lies in ours. */
function placeInOrigin(
  { origin, text }: Statement,
  codePoint: number,
): { position: number; line: number; column: number } | undefined {
  // PostgreSQL counts characters, JavaScript counts UTF-16 units.
  const position = utf16Offset(text, codePoint)
  const span = origin?.spans.findLast(({ at }) => at <= position)
  if (!origin || !span) return undefined
  const isInside = position <= span.at + span.length
  // Just behind a span stands a bound value: a parameter of the person's.
  const isAtParameter = !isInside && /^\$?\d*$/.test(text.slice(span.at + span.length, position))
  if (!isInside && !isAtParameter) return undefined
  const offset = span.from + Math.min(position - span.at, span.length)
  const before = origin.text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { position: offset, line: before.split('\n').length, column: offset - lineStart + 1 }
}

function utf16Offset(text: string, codePoints: number): number {
  let offset = 0
  for (let count = 0; count < codePoints && offset < text.length; count++) {
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1
  }
  return offset
}

function errorCode(error: unknown): string {
  if (error instanceof AggregateError) return errorCode(error.errors[0])
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
