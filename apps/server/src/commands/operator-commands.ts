import { parseArgs } from 'node:util'
import type { Config } from '../config.ts'
import { type AuditOptions, checkpointByOperator, verifyByOperator } from '../features/activity/audit-operator.ts'
import { erasePerson, exportPerson } from '../features/activity/person-operator.ts'
import { offerOrganization } from '../features/auth/organization-offer.ts'
import { findConnection } from '../features/connections/connection-store.ts'
import { verifyDomainByOperator } from '../features/domains/domain-operator.ts'
import { DomainStore } from '../features/domains/domain-store.ts'
import { clearAddressesByOperator } from '../features/governance/governance-operator.ts'
import {
  deleteByOperator,
  describeOrganizations,
  type OperatorOptions,
  restoreByOperator,
  suspendByOperator,
} from '../features/organizations/operator-commands.ts'
import { OrganizationStore } from '../features/organizations/organization-store.ts'
import { isEmailAddress } from '../features/users/email-address.ts'
import { grantSuperadmin } from '../features/users/superadmin-grant.ts'
import { UserStore } from '../features/users/user-store.ts'
import { CertificateAuthorities } from '../features/viewer-certificates/certificate-authorities.ts'
import {
  type CertificateOperatorOptions,
  initByOperator,
  linesByOperator,
  replaceByOperator,
  showByOperator,
} from '../features/viewer-certificates/certificate-operator.ts'
import { ActivityLog } from '../platform/activity/activity-log.ts'
import { CheckpointKeys } from '../platform/activity/checkpoint-keys.ts'
import { Checkpoints } from '../platform/activity/checkpoints.ts'
import { systemClock } from '../platform/clock/clock.ts'
import type { Store } from '../platform/db/database.ts'
import type { KeyRotationOptions } from '../platform/secrets/key-rotation.ts'
import { SecretBox } from '../platform/secrets/secret-box.ts'
import { findStoreKey, openRing, openSealingRing } from '../platform/secrets/store-key.ts'
import { retireByOperator, rotateByOperator, statusByOperator } from './keys-commands.ts'

/** What a command works on. */
export interface CommandSurroundings {
  readonly store: Store
  readonly config: Config
}

/** A command that was written as it must be: answers the text to print. */
export type ReadyCommand = (surroundings: CommandSurroundings) => Promise<string>

interface Command {
  readonly usage: string
  /** Null for words that are not as the usage says. */
  read(words: readonly string[]): ReadyCommand | null
}

/** A command of some words and exactly these arguments. */
function plainCommand(
  name: string,
  parameters: readonly string[],
  run: (surroundings: CommandSurroundings, values: readonly string[]) => Promise<string>,
): Command {
  const start = name.split(' ')
  return {
    usage: [name, ...parameters.map((parameter) => `<${parameter}>`)].join(' '),
    read(words) {
      const values = words.slice(start.length).map((word) => word.trim())
      const isThis = start.every((word, index) => words[index] === word)
      if (!isThis || values.length !== parameters.length || values.includes('')) return null
      return (surroundings) => run(surroundings, values)
    },
  }
}

const createOrganization: Command = {
  usage: 'organization create <name> [--admin-email <email>]',
  read([subject, verb, ...words]) {
    if (subject !== 'organization' || verb !== 'create') return null
    const { positionals, values } = readWords(words)
    const [name = '', ...others] = positionals
    const email = values['admin-email']?.trim() ?? null
    if (name.trim() === '' || others.length > 0 || (email !== null && !isEmailAddress(email))) return null
    return async ({ config, store }) => {
      const offer = { organizationName: name.trim(), email }
      const link = await offerOrganization({ store, clock: systemClock }, offer, baseUrlOf(config))
      const whose = email === null ? 'Whoever opens this link' : `${email} opens this link and`
      return `${whose} creates "${offer.organizationName}" and is its superadmin, once within seven days:\n${link}`
    }
  },
}

const verifyAudit: Command = {
  usage: 'audit verify [--organization <id or name>]',
  read([subject, verb, ...words]) {
    if (subject !== 'audit' || verb !== 'verify') return null
    const [option, name, ...others] = words
    if (option === undefined) return async (surroundings) => verifyByOperator(await auditOf(surroundings), null)
    if (option !== '--organization' || name === undefined || others.length > 0) return null
    return async (surroundings) => verifyByOperator(await auditOf(surroundings), name)
  },
}

/** Everything that the operator can do. */
const COMMANDS: readonly Command[] = [
  plainCommand('superadmin grant', ['email'], ({ store }, [email = '']) =>
    grantSuperadmin({ store, users: new UserStore(store), activity: activityOf(store) }, email),
  ),
  verifyAudit,
  plainCommand('audit checkpoint', [], async (surroundings) => checkpointByOperator(await auditOf(surroundings))),
  plainCommand('keys status', [], (surroundings) => statusByOperator(keysOf(surroundings))),
  plainCommand('keys rotate', [], (surroundings) => rotateByOperator(keysOf(surroundings))),
  plainCommand('keys retire', [], (surroundings) => retireByOperator(keysOf(surroundings))),
  plainCommand('person export', ['email'], ({ store }, [email = '']) =>
    exportPerson({ store, activity: activityOf(store) }, email),
  ),
  plainCommand('person erase', ['email'], ({ store }, [email = '']) =>
    erasePerson({ store, activity: activityOf(store) }, email),
  ),
  createOrganization,
  plainCommand('organization list', [], (surroundings) => describeOrganizations(operatorOf(surroundings))),
  plainCommand('organization suspend', ['id or name'], (surroundings, [name = '']) =>
    suspendByOperator(operatorOf(surroundings), name),
  ),
  plainCommand('organization restore', ['id or name'], (surroundings, [name = '']) =>
    restoreByOperator(operatorOf(surroundings), name),
  ),
  plainCommand('organization delete', ['id', 'name'], (surroundings, [id = '', name = '']) =>
    deleteByOperator(operatorOf(surroundings), id, name),
  ),
  plainCommand('organization verify-domain', ['id or name', 'domain'], (surroundings, [name = '', domain = '']) =>
    verifyDomainByOperator({ ...operatorOf(surroundings), domains: new DomainStore(surroundings.store) }, name, domain),
  ),
  plainCommand('organization clear-addresses', ['id or name'], (surroundings, [name = '']) =>
    clearAddressesByOperator(operatorOf(surroundings), name),
  ),
  plainCommand('ca init', ['organization id or name'], async (surroundings, [name = '']) =>
    initByOperator(await certificatesOf(surroundings), name),
  ),
  plainCommand('ca show', ['organization id or name'], async (surroundings, [name = '']) =>
    showByOperator(await certificatesOf(surroundings), name),
  ),
  plainCommand(
    'ca lines',
    ['organization id or name', 'connection'],
    async (surroundings, [name = '', connection = '']) =>
      linesByOperator(await certificatesOf(surroundings), name, connection),
  ),
  plainCommand('ca replace', ['organization id or name'], async (surroundings, [name = '']) =>
    replaceByOperator(await certificatesOf(surroundings), name),
  ),
]

/** The command that the words are; null for none. */
export function readCommand(words: readonly string[]): ReadyCommand | null {
  for (const command of COMMANDS) {
    const ready = command.read(words)
    if (ready !== null) return ready
  }
  return null
}

/** How to write each command. */
export function describeCommands(): string {
  return ['Usage:', ...COMMANDS.map(({ usage }) => `  npm run cli -- ${usage}`)].join('\n')
}

/** An option that is not known, or lacks its value, is none of the command's words. */
function readWords(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: { 'admin-email': { type: 'string' } },
      allowPositionals: true,
    })
  } catch {
    return { positionals: [], values: {} as { 'admin-email'?: string } }
  }
}

function operatorOf({ store }: CommandSurroundings): OperatorOptions {
  return {
    store,
    organizations: new OrganizationStore(store),
    activity: activityOf(store),
    clock: systemClock,
  }
}

/** The key of an authority is sealed like every secret. */
async function certificatesOf({ config, store }: CommandSurroundings): Promise<CertificateOperatorOptions> {
  const { ring } = await openSealingRing(store, config.keySource)
  const secrets = new SecretBox(ring)
  const authorities = new CertificateAuthorities({ store, secrets, activity: activityOf(store), clock: systemClock })
  return {
    ...{ store, organizations: new OrganizationStore(store), authorities },
    findConnection: async (organizationId, name) =>
      (await findConnection(store, organizationId, name))?.connection ?? null,
  }
}

/** Checkpoints are signed with a key that only the master key opens. */
async function auditOf({ config, store }: CommandSurroundings): Promise<AuditOptions> {
  // A store that no server has started on yet has no key of its own to be right or wrong.
  const isClaimed = (await findStoreKey(store)) !== null
  const ring = isClaimed ? (await openSealingRing(store, config.keySource)).ring : await openRing(config.keySource)
  const keys = new CheckpointKeys(store, new SecretBox(ring), systemClock)
  const checkpoints = new Checkpoints(store, keys, systemClock, config.home)
  return { store, activity: activityOf(store), keys, checkpoints }
}

/** The embedded store has no server while a command has it. */
function keysOf({ config, store }: CommandSurroundings): KeyRotationOptions {
  return { store, source: config.keySource, activity: activityOf(store), isAlone: config.databaseUrl === null }
}

function activityOf(store: Store): ActivityLog {
  return new ActivityLog(store, systemClock, () => undefined)
}

/** Where the server of this configuration is reached. */
export function baseUrlOf({ port, publicUrl }: Config): string {
  return publicUrl ?? `http://localhost:${port}`
}
