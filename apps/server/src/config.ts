import { isIP } from 'node:net'
import { resolve } from 'node:path'
import type { SmtpOptions } from './platform/mail/smtp-mailer.ts'
import { readHostEntry } from './platform/outbound/host-list.ts'
import { openKeySource } from './platform/secrets/key-sources/index.ts'
import { type KeySource, KeySourceError } from './platform/secrets/key-sources/key-source.ts'
import { Secret } from './platform/secrets/secret.ts'

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Everything the environment can say, checked and typed. */
export interface Config {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** Folder of all state, absolute. */
  readonly home: string
  /** The metadata store's PostgreSQL server; null for the embedded engine. */
  readonly databaseUrl: Secret | null
  /** Where answers are shared among servers; null: each keeps its own. */
  readonly redisUrl: Secret | null
  readonly isDemo: boolean
  /** Without a trailing slash; null when unset. */
  readonly publicUrl: string | null
  readonly allowedHosts: readonly string[]
  /** What the server may reach on the word of people who use it, at most. */
  readonly outbound: OutboundConfig
  readonly logLevel: LogLevel
  /** Where the master keys come from. */
  readonly keySource: KeySource
  /** Whose forwarding headers are believed: nobody, everybody, or the listed addresses and networks. */
  readonly trustProxy: boolean | readonly string[]
  readonly sessionIdleMs: number
  readonly sessionAbsoluteMs: number
  /** Whether visitors may create organizations, which also takes a mail server. */
  readonly isOrganizationCreationOpen: boolean
  /** Where events of the activity log are sent; the addresses may hold passwords. */
  readonly activityStreams: readonly Secret<URL>[]
  /** The mail server; null: mails stay in the outbox. */
  readonly smtp: SmtpOptions | null
}

/** Where the server goes for people who only use it, or administer an organization of it. */
export interface OutboundConfig {
  /** Hosts and networks that are open although they are inside. */
  readonly internalHosts: readonly string[]
  /** Nothing else is reached; null: no such list. */
  readonly outboundHosts: readonly string[] | null
  /** Whether warehouses may be in private networks. */
  readonly isPrivateOpen: boolean
  /** Whether warehouses may be on the server's own machine. */
  readonly isLoopbackOpen: boolean
}

/** Every mistake in the environment, one sentence each. */
export class ConfigError extends Error {
  readonly mistakes: readonly string[]

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'))
    this.name = 'ConfigError'
    this.mistakes = mistakes
  }
}

type Environment = Readonly<Record<string, string | undefined>>

const DAY_MS = 24 * 60 * 60 * 1000

export interface ConfigSurroundings {
  /** True when a person watches the output: then only warnings are logged unless LOG_LEVEL says otherwise. */
  readonly isInteractive: boolean
}

/** Reads the environment; throws one ConfigError that names all mistakes at once. */
export function readConfig(
  environment: Environment,
  workingDirectory: string,
  surroundings: ConfigSurroundings = { isInteractive: false },
): Config {
  const mistakes: string[] = []
  const get = (name: string): string | undefined => {
    const value = environment[name]?.trim()
    return value === '' ? undefined : value
  }
  const report = (sentence: string): void => {
    mistakes.push(sentence)
  }
  const isOrganizationCreationOpen = readSwitch('ORGANIZATION_CREATION', get('ORGANIZATION_CREATION'), false, report)
  const home = resolve(workingDirectory, get('GRATICULE_HOME') ?? '.graticule')
  const config: Config = {
    host: readHost(get('HOST'), report),
    port: readPort(get('PORT'), report),
    home,
    databaseUrl: readDatabaseUrl(get('DATABASE_URL'), report),
    redisUrl: readRedisUrl(get('REDIS_URL'), report),
    isDemo: readSwitch('GRATICULE_DEMO', get('GRATICULE_DEMO'), true, report),
    publicUrl: readPublicUrl(get('PUBLIC_URL'), report),
    allowedHosts: readHosts('ALLOWED_HOSTS', get('ALLOWED_HOSTS'), report),
    outbound: readOutbound(get, isOrganizationCreationOpen, report),
    logLevel: readLogLevel(get('LOG_LEVEL') ?? (surroundings.isInteractive ? 'warn' : 'info'), report),
    keySource: readKeySource(get, home, report),
    trustProxy: readTrustProxy(get('TRUST_PROXY'), report),
    sessionIdleMs: readDays('SESSION_IDLE_DAYS', get('SESSION_IDLE_DAYS'), 7, report),
    sessionAbsoluteMs: readDays('SESSION_ABSOLUTE_DAYS', get('SESSION_ABSOLUTE_DAYS'), 30, report),
    isOrganizationCreationOpen,
    activityStreams: readStreams(get('ACTIVITY_STREAMS'), report),
    smtp: readSmtp(get('SMTP_URL'), get('MAIL_FROM'), report),
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes)
  return config
}

type Report = (sentence: string) => void

/** Addresses may hold passwords, so a mistake is told by its place. */
function readStreams(value: string | undefined, report: Report): readonly Secret<URL>[] {
  const addresses = value?.split(/\s+/) ?? []
  return addresses.flatMap((text, index) => {
    const url = URL.parse(text)
    if (url !== null) return [new Secret(url)]
    report(`ACTIVITY_STREAMS must hold addresses with spaces between; the one at place ${index + 1} is none.`)
    return []
  })
}

function readHost(value: string | undefined, report: Report): string {
  if (value === undefined) return '127.0.0.1'
  if (isIP(value) === 0 && !/^[a-z0-9.-]+$/i.test(value)) {
    report(`HOST must be an address or a host name to listen on, such as 127.0.0.1 or 0.0.0.0; it is "${value}".`)
  }
  return value
}

function readPort(value: string | undefined, report: Report): number {
  const port = Number(value ?? '8080')
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  report(`PORT must be a whole number from 0 to 65535; it is "${value}".`)
  return 0
}

function readDatabaseUrl(value: string | undefined, report: Report): Secret | null {
  if (value === undefined) return null
  const protocol = URL.parse(value)?.protocol
  // The value may hold a password, so the sentence does not repeat it.
  if (protocol !== 'postgres:' && protocol !== 'postgresql:') {
    report('DATABASE_URL must look like postgresql://user:password@host:5432/database; the present value does not.')
  }
  return new Secret(value)
}

function readRedisUrl(value: string | undefined, report: Report): Secret | null {
  if (value === undefined) return null
  const url = URL.parse(value)
  // The value may hold a password, so the sentence does not repeat it.
  if ((url?.protocol !== 'redis:' && url?.protocol !== 'rediss:') || url.hostname === '') {
    report('REDIS_URL must look like redis://user:password@host:6379 or rediss://…; the present value does not.')
  }
  return new Secret(value)
}

function readSwitch(name: string, value: string | undefined, fallback: boolean, report: Report): boolean {
  switch (value?.toLowerCase()) {
    case undefined:
      return fallback
    case 'on':
    case 'true':
    case '1':
    case 'yes':
      return true
    case 'off':
    case 'false':
    case '0':
    case 'no':
      return false
    default:
      report(`${name} must be on or off; it is "${value}".`)
      return fallback
  }
}

function readPublicUrl(value: string | undefined, report: Report): string | null {
  if (value === undefined) return null
  const url = URL.parse(value)
  const isWeb = url !== null && (url.protocol === 'http:' || url.protocol === 'https:')
  if (!isWeb || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    report(`PUBLIC_URL must be an http or https address without a query, such as https://maps.example.org.`)
    return null
  }
  if (url.pathname !== '/') {
    report(
      `PUBLIC_URL must name a host without a path, such as https://maps.example.org: the web app stands at its root.`,
    )
    return null
  }
  return url.origin
}

function readHosts(name: string, value: string | undefined, report: Report): string[] {
  const hosts = splitList(value).map((host) => host.toLowerCase())
  for (const host of hosts) {
    if (!/^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/.test(host)) {
      report(`${name} must be host names separated by commas, each with or without a port; "${host}" is not one.`)
    }
  }
  return hosts
}

/**
 * Where strangers may make organizations, the private network is not theirs to look around in. A demo that listens on
 * this machine alone, with nothing said of a proxy in front, is tried by somebody who is on the machine already: their
 * own PostgreSQL is open to it.
 */
function readOutbound(
  get: (name: string) => string | undefined,
  isOpenToStrangers: boolean,
  report: Report,
): OutboundConfig {
  const outboundHosts = get('OUTBOUND_HOSTS')
  const isTriedHere =
    readSwitch('GRATICULE_DEMO', get('GRATICULE_DEMO'), true, () => undefined) &&
    ['127.0.0.1', '::1', 'localhost'].includes(get('HOST') ?? '127.0.0.1') &&
    get('PUBLIC_URL') === undefined &&
    get('TRUST_PROXY') === undefined
  return {
    internalHosts: readHostEntries('INTERNAL_HOSTS', get('INTERNAL_HOSTS'), report),
    outboundHosts: outboundHosts === undefined ? null : readHostEntries('OUTBOUND_HOSTS', outboundHosts, report),
    isPrivateOpen: readSwitch('OUTBOUND_PRIVATE', get('OUTBOUND_PRIVATE'), !isOpenToStrangers, report),
    isLoopbackOpen: readSwitch(
      'OUTBOUND_LOOPBACK',
      get('OUTBOUND_LOOPBACK'),
      isTriedHere && !isOpenToStrangers,
      report,
    ),
  }
}

function readHostEntries(name: string, value: string | undefined, report: Report): string[] {
  const lines = splitList(value).map((line) => line.toLowerCase())
  for (const line of lines) {
    const entry = readHostEntry(line)
    if (typeof entry === 'string') report(`${name} must be hosts and networks separated by commas: ${entry}`)
  }
  return lines
}

function readLogLevel(value: string, report: Report): LogLevel {
  const level = LOG_LEVELS.find((candidate) => candidate === value.toLowerCase())
  if (level !== undefined) return level
  report(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}; it is "${value}".`)
  return 'info'
}

function readKeySource(get: (name: string) => string | undefined, home: string, report: Report): KeySource {
  try {
    return openKeySource(get, home)
  } catch (error) {
    if (!(error instanceof KeySourceError)) throw error
    report(error.message)
    return openKeySource(() => undefined, home)
  }
}

function readTrustProxy(value: string | undefined, report: Report): boolean | readonly string[] {
  const lower = value?.toLowerCase()
  if (lower === undefined || lower === 'off' || lower === 'false' || lower === '0') return false
  if (lower === 'on' || lower === 'true' || lower === '1') return true
  const networks = splitList(value)
  for (const network of networks) {
    const [address = '', bits] = network.split('/', 2)
    const isNamed = ['loopback', 'linklocal', 'uniquelocal'].includes(network)
    if (!isNamed && (isIP(address) === 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits)))) {
      report(`TRUST_PROXY must be on, off, or addresses and networks of proxies; "${network}" is none of these.`)
    }
  }
  return networks
}

function readDays(name: string, value: string | undefined, fallback: number, report: Report): number {
  const days = Number(value ?? fallback)
  if (Number.isFinite(days) && days > 0 && days <= 3_650) return days * DAY_MS
  report(`${name} must be a number of days between 0 and 3650; it is "${value}".`)
  return fallback * DAY_MS
}

function readSmtp(value: string | undefined, from: string | undefined, report: Report): SmtpOptions | null {
  if (value === undefined) {
    if (from !== undefined) report('MAIL_FROM is set and SMTP_URL is not: without a mail server no mail is sent.')
    return null
  }
  const url = URL.parse(value)
  // The value may hold a password, so the sentence does not repeat it.
  if ((url?.protocol !== 'smtp:' && url?.protocol !== 'smtps:') || url.hostname === '') {
    report(
      'SMTP_URL must look like smtp://user:password@mail.example.org:587 or smtps://…; the present value does not.',
    )
  }
  if (from === undefined || !/^[^@<>]*<[^\s@<>]+@[^\s@<>]+>$|^[^\s@<>]+@[^\s@<>]+$/.test(from)) {
    report('MAIL_FROM must say who sends mails when SMTP_URL is set, such as Graticule <maps@example.org>.')
  }
  return { url: new Secret(value), from: from ?? '' }
}

function splitList(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}
