import { createHash } from 'node:crypto'
import {
  type AccessTestReport,
  AppError,
  SETTINGS_DOCUMENT_VERSION,
  type SectionName,
  type SectionRevisions,
  type SettingsApplyBody,
  type SettingsDocument,
  type SettingsPlan,
  type SettingsText,
} from '@graticule/contract'
import type { Action } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { actorOf, SYSTEM_ACTOR } from '../../platform/activity/activity-log.ts'
import type { OrganizationChange } from '../../platform/activity/organization-change.ts'
import { canonicalJson } from '../../platform/cache/cache-key.ts'
import type { Store } from '../../platform/db/database.ts'
import type { CustomizationService } from '../customization/customization-service.ts'
import type { UserService } from '../users/user-service.ts'
import type { AccessTester } from './access-tester.ts'
import { listDifferences } from './difference.ts'
import { readSettingsText, type SettingsFormat, writeSettingsText } from './document-text.ts'
import type { AfterChange, AnySection } from './section.ts'

export interface SettingsServiceOptions {
  readonly store: Store
  readonly users: UserService
  readonly customizations: CustomizationService
  readonly sections: readonly AnySection[]
  readonly tester: AccessTester
}

/** A section that a document names, as it is and as it is to be. */
interface NamedSection {
  readonly section: AnySection
  readonly current: unknown
  readonly next: unknown
  readonly isChanged: boolean
}

const MANAGE = 'settings.manage'

/** All settings of an organization as one document: read, planned, applied as a whole or not at all, and tested. */
export class SettingsService {
  readonly #options: SettingsServiceOptions

  constructor(options: SettingsServiceOptions) {
    this.#options = options
  }

  async read(organizationId: string, format?: SettingsFormat): Promise<SettingsText> {
    const { sections, store } = this.#options
    const values = await store.transaction().execute(async (transaction) => {
      const read: [SectionName, unknown][] = []
      for (const section of sections) read.push([section.name, await section.read(organizationId, transaction)])
      return read
    })
    const document = { version: SETTINGS_DOCUMENT_VERSION, ...Object.fromEntries(values) } as SettingsDocument
    const revisions = Object.fromEntries(values.map(([name, value]) => [name, digestOf(value)]))
    return { document, text: writeSettingsText(document, format), revisions }
  }

  /** What applying a document would do, by name; changes nothing. */
  async plan(organizationId: string, text: string): Promise<SettingsPlan> {
    const document = readSettingsText(text)
    return this.#options.store.transaction().execute(async (transaction) => {
      const named = await this.#compare(transaction, organizationId, document)
      return this.#plan(transaction, organizationId, named)
    })
  }

  /** Applies a document for an admin; 409 when its sections have changed since they were read, or the plan has. */
  async apply(caller: UserCaller, body: SettingsApplyBody): Promise<SettingsPlan> {
    const { principal, requestId } = caller
    const change = { organizationId: principal.organizationId, actor: actorOf(principal), requestId }
    return this.#apply(change, body.text, {
      base: body.base,
      planVersion: body.planVersion,
      holdRight: (transaction, action) => this.#options.users.holdRight(transaction, principal, action),
    })
  }

  /** Applies a document for whoever runs the installation, who needs no right and has nothing to compare with. */
  async applyAsOperator(organizationId: string, text: string): Promise<SettingsPlan> {
    const change = { organizationId, actor: SYSTEM_ACTOR, requestId: 'command-line' }
    return this.#apply(change, text, { base: null, planVersion: undefined, holdRight: async () => undefined })
  }

  /** Whether people may do what a document expects, or what the settings do when there is none. */
  async test(organizationId: string, text: string | undefined): Promise<AccessTestReport> {
    const { customizations, tester } = this.#options
    const given = text === undefined ? undefined : readSettingsText(text).expectedAccess
    return tester.run(organizationId, given ?? (await customizations.read(organizationId)).expectedAccess)
  }

  async #apply(
    change: OrganizationChange,
    text: string,
    conditions: {
      readonly base: SectionRevisions | null
      readonly planVersion: string | undefined
      readonly holdRight: (transaction: Store, action: Action) => Promise<void>
    },
  ): Promise<SettingsPlan> {
    const { store, users } = this.#options
    const { organizationId } = change
    const document = readSettingsText(text)
    const afterwards: AfterChange[] = []
    const plan = await store.transaction().execute(async (transaction) => {
      await users.holdSeats(transaction, organizationId)
      const named = await this.#compare(transaction, organizationId, document)
      const changed = named.filter(({ isChanged }) => isChanged)
      for (const { section, next } of changed) await section.hold?.(organizationId, transaction, next)
      for (const action of new Set([MANAGE, ...named.map(({ section }) => section.action)] as const)) {
        await conditions.holdRight(transaction, action)
      }
      if (conditions.base !== null) checkBase(conditions.base, named)
      const planned = await this.#plan(transaction, organizationId, named)
      const [problem] = planned.problems
      if (problem !== undefined)
        throw new AppError('conflict', problem, { details: { rule: 'settings.problem', problems: planned.problems } })
      if (conditions.planVersion !== undefined && conditions.planVersion !== planned.version) {
        const sentence = 'What this would do has changed since you looked at the plan; look at it again, then apply it.'
        throw new AppError('conflict', sentence, { details: { rule: 'settings.plan' } })
      }
      for (const { section, current, next } of changed) {
        const after = await section.apply(transaction, { ...change, current, next })
        if (after !== null) afterwards.push(after)
      }
      return planned
    })
    for (const after of afterwards) await after()
    return plan
  }

  /** The sections that the document names, in our order. */
  async #compare(transaction: Store, organizationId: string, document: SettingsDocument): Promise<NamedSection[]> {
    const named: NamedSection[] = []
    for (const section of this.#options.sections) {
      const next: unknown = document[section.name]
      if (next === undefined) continue
      const current: unknown = await section.read(organizationId, transaction)
      const isChanged = digestOf(section.fingerprint?.(next) ?? next) !== digestOf(current)
      named.push({ section, current, next, isChanged })
    }
    return named
  }

  async #plan(transaction: Store, organizationId: string, named: readonly NamedSection[]): Promise<SettingsPlan> {
    const changed = named.filter(({ isChanged }) => isChanged)
    const plan: Omit<SettingsPlan, 'version'> = {
      differences: changed.flatMap(({ section, current, next }) =>
        listDifferences(section.name, current, section.fingerprint?.(next) ?? next),
      ),
      effects: [],
      problems: [],
      revisions: Object.fromEntries(named.map(({ section, current }) => [section.name, digestOf(current)])),
    }
    for (const { section, current, next } of changed) {
      const { effects, problems } = await section.plan(transaction, { organizationId, current, next })
      plan.effects.push(...effects.map((effect) => ({ ...effect, section: section.name })))
      plan.problems.push(...problems)
    }
    return { ...plan, version: digestOf(plan) }
  }
}

/** Throws `conflict` when a section is not what it was when the document was made. */
function checkBase(base: SectionRevisions, named: readonly NamedSection[]): void {
  for (const { section, current } of named) {
    if (base[section.name] === digestOf(current)) continue
    throw new AppError(
      'conflict',
      `The section "${section.name}" has changed since you read it; read the settings again and make your change to them.`,
      { details: { rule: 'settings.base', section: section.name } },
    )
  }
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}
