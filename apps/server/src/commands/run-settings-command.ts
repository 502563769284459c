import { readFile } from 'node:fs/promises'
import { text as readStream } from 'node:stream/consumers'
import { type AccessTestReport, AppError, type SettingsPlan } from '@graticule/contract'
import { type BuiltApp, buildApp } from '../app.ts'
import type { Config } from '../config.ts'
import type { SettingsService } from '../features/settings/settings-service.ts'
import { ActivityLog } from '../platform/activity/activity-log.ts'
import { systemClock } from '../platform/clock/clock.ts'
import type { Store } from '../platform/db/database.ts'
import { lookUpAddresses } from '../platform/dns/look-up-addresses.ts'
import { createTxtLookUp } from '../platform/dns/look-up-txt.ts'
import { Outbox } from '../platform/mail/outbox.ts'
import { createMasterKey } from '../platform/secrets/master-key.ts'
import { SecretBox } from '../platform/secrets/secret-box.ts'
import { createLogger } from '../platform/telemetry/logger.ts'
import { Telemetry } from '../platform/telemetry/telemetry.ts'
import type { SettingsCommand } from './settings-command.ts'

/** Runs one command about the settings of an organization on the store; prints its answer and tells the exit code. */
export async function runSettingsCommand(
  command: SettingsCommand,
  config: Config,
  store: Store,
  print: (text: string) => void,
): Promise<number> {
  const organizationId = await findOrganization(store, command.organizationId)
  const text = command.file === null ? undefined : await readText(command.file)
  await using opened = new AsyncDisposableStack()
  const { settings, app } = await openApp(config, store)
  opened.defer(() => app.close())
  return carryOut(command, settings, organizationId, text, print)
}

async function carryOut(
  { verb, isJson }: SettingsCommand,
  settings: SettingsService,
  organizationId: string,
  text: string | undefined,
  print: (text: string) => void,
): Promise<number> {
  if (verb === 'get') {
    print((await settings.read(organizationId, isJson ? 'json' : 'yaml')).text)
    return 0
  }
  if (verb === 'test') {
    const report = await settings.test(organizationId, text)
    print(describeReport(report))
    return report.failed > 0 ? 1 : 0
  }
  const document = text ?? ''
  if (verb === 'apply') {
    const { differences } = await settings.applyAsOperator(organizationId, document)
    print(differences.length === 0 ? 'Nothing to change.\n' : `Changed ${count(differences.length, 'value')}.\n`)
    return 0
  }
  const plan = await settings.plan(organizationId, document)
  if (verb === 'diff') {
    print(plan.differences.map(describeDifference).join(''))
    return plan.differences.length > 0 ? 1 : 0
  }
  print(describePlan(plan))
  return plan.problems.length > 0 ? 1 : 0
}

function describeDifference({ path, from, to }: SettingsPlan['differences'][number]): string {
  const lines = [path]
  if (from !== undefined) lines.push(`- ${JSON.stringify(from)}`)
  if (to !== undefined) lines.push(`+ ${JSON.stringify(to)}`)
  return `${lines.join('\n')}\n`
}

function describePlan({ differences, effects, problems }: SettingsPlan): string {
  if (differences.length === 0) return 'Nothing would change.\n'
  const signs = { gain: '+', loss: '-', change: '~' }
  const lines = [
    `${count(differences.length, 'value')} would change.`,
    ...effects.map(({ kind, name, sentence }) => `${signs[kind]} ${name === null ? '' : `${name}: `}${sentence}`),
    ...problems.map((problem) => `! ${problem}`),
  ]
  return `${lines.join('\n')}\n`
}

function describeReport({ passed, failed, results }: AccessTestReport): string {
  const lines = results.flatMap(({ expected, passed: isPassed, decisions, problem }) => {
    const who = expected.person ?? expected.role ?? expected.group
    const what = `${who} ${expected.allowed ? 'may' : 'may not'} ${expected.action} ${expected.asset ?? ''}`.trimEnd()
    const unexpected = decisions.filter(({ allowed }) => allowed !== expected.allowed)
    const reasons = problem === null ? unexpected.map(({ name, reason }) => `${name}: ${reason}`) : [problem]
    return [`${isPassed ? 'ok' : 'not ok'} ${what}`, ...reasons.map((reason) => `  ${reason}`)]
  })
  return `${[...lines, `${passed} passed, ${failed} failed`].join('\n')}\n`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

async function readText(file: string): Promise<string> {
  if (file === '-') return readStream(process.stdin)
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new AppError('not_found', `The file ${file} cannot be read.`, { cause: error })
  }
}

/** The organization of this id, or the only one. */
async function findOrganization(store: Store, id: string | null): Promise<string> {
  let query = store.selectFrom('organizations').select(['id', 'name']).orderBy('created_at')
  if (id !== null) query = query.where('id', '=', id)
  const found = await query.execute()
  const [first, second] = found
  if (first === undefined) {
    throw new AppError('not_found', id === null ? 'There is no organization yet.' : `There is no organization ${id}.`)
  }
  if (second === undefined) return first.id
  const names = found.slice(0, 10).map((organization) => `${organization.id} (${organization.name})`)
  throw new AppError('invalid_request', `Name one of the organizations with --organization: ${names.join(', ')}.`)
}

/** The application without a socket. No section reads a secret, so a key of the moment does. */
async function openApp(config: Config, store: Store): Promise<BuiltApp> {
  return buildApp({
    // Nothing is read from warehouses here.
    config: { ...config, redisUrl: null },
    serverId: 'command-line',
    store,
    secretBox: SecretBox.ofOneKey(createMasterKey()),
    clock: systemClock,
    activity: new ActivityLog(store, systemClock, () => undefined),
    mailer: new Outbox(systemClock),
    lookUpTxt: createTxtLookUp(),
    lookUpAddresses,
    telemetry: new Telemetry(),
    logger: createLogger('silent'),
    // Nobody asks for pages here, and the folders must be there.
    webAppFolder: import.meta.dirname,
    basemapsFolder: import.meta.dirname,
    embeddedWarehouse: null,
    version: 'command-line',
    readinessGates: [],
  })
}
