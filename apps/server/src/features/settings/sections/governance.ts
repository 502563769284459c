import {
  AppError,
  type DefaultsByName,
  type GovernanceDocument,
  type GovernanceSection,
  type GroupName,
} from '@graticule/contract'
import type { Store } from '../../../platform/db/database.ts'
import type { GovernanceService } from '../../governance/governance-service.ts'
import type { GroupService } from '../../groups/group-service.ts'
import type { Effect, SectionPlan, SettingsSection } from '../section.ts'

/** The kinds of assets that have a default. */
const KINDS = ['map', 'connection', 'workflow', 'application'] as const satisfies (keyof DefaultsByName)[]

type DefaultsById = GovernanceDocument['sharingDefaults']['organization']

/** What the organization forbids from now on, and whom new assets are shared with; groups by their names. */
export function governanceSection(governance: GovernanceService, groups: GroupService): SettingsSection<'governance'> {
  return {
    name: 'governance',
    action: 'governance.manage',
    async read(organizationId, transaction) {
      const { policies, sharingDefaults } = await governance.read(organizationId, transaction)
      const names = new Map((await groups.listAllNames(organizationId, transaction)).map(({ id, name }) => [id, name]))
      const ofGroups = Object.entries(sharingDefaults.groups).map(([id, defaults]) => ({
        group: names.get(id) ?? id,
        defaults: nameGroups(defaults, names),
      }))
      const organization = nameGroups(sharingDefaults.organization, names)
      return inOrder({ policies, sharingDefaults: { organization, groups: ofGroups } })
    },
    fingerprint: inOrder,
    async plan(transaction, { organizationId, next }) {
      const { document, problems } = resolve(next, await groups.listAllNames(organizationId, transaction))
      if (problems.length > 0) return { effects: [], problems }
      return planDocument(governance, transaction, organizationId, document)
    },
    async apply(transaction, { next, ...change }) {
      const { document } = resolve(next, await groups.listAllNames(change.organizationId, transaction))
      const isChanged = await governance.apply(transaction, change, document)
      return isChanged ? async () => governance.noteChanged() : null
    },
  }
}

/** What a plan of governance says, by name. */
async function planDocument(
  governance: GovernanceService,
  transaction: Store,
  organizationId: string,
  document: GovernanceDocument,
): Promise<SectionPlan> {
  try {
    const { changes } = await governance.plan(organizationId, document, transaction)
    const effects = changes.flatMap(({ title, sentence, losers, loserCount, gainers, gainerCount, kept }): Effect[] => {
      const stays = kept === null || kept === 0 ? '' : ` What is there keeps working (${kept}).`
      return [
        { kind: 'change', name: null, sentence: `${title}: ${sentence}${stays}` },
        ...nameEffects('loss', losers, loserCount, title),
        ...nameEffects('gain', gainers, gainerCount, title),
      ]
    })
    return { effects, problems: [] }
  } catch (error) {
    if (error instanceof AppError && error.code === 'rule_violated') return { effects: [], problems: [error.message] }
    throw error
  }
}

function nameEffects(
  kind: 'gain' | 'loss',
  people: readonly { readonly name: string }[],
  count: number,
  title: string,
): Effect[] {
  const named = people.map(({ name }): Effect => ({ kind, name, sentence: `${title}.` }))
  const rest = count - people.length
  return rest > 0 ? [...named, { kind, name: null, sentence: `${title}: ${rest} people more.` }] : named
}

/** The section with its groups in one order, as they mean the same in any. */
function inOrder({ policies, sharingDefaults }: GovernanceSection): GovernanceSection {
  const sortDefaults = (defaults: DefaultsByName): DefaultsByName =>
    Object.fromEntries(
      KINDS.flatMap((kind) => {
        const found = defaults[kind]
        return found === undefined ? [] : [[kind, { ...found, groups: [...found.groups].sort() }]]
      }),
    )
  return {
    policies,
    sharingDefaults: {
      organization: sortDefaults(sharingDefaults.organization),
      groups: sharingDefaults.groups
        .map(({ group, defaults }) => ({ group, defaults: sortDefaults(defaults) }))
        .sort((a, b) => (a.group < b.group ? -1 : 1)),
    },
  }
}

function nameGroups(defaults: DefaultsById, names: ReadonlyMap<string, string>): DefaultsByName {
  const named: DefaultsByName = {}
  for (const kind of KINDS) {
    const found = defaults[kind]
    if (found === undefined) continue
    const { groupIds, ...rest } = found
    named[kind] = { ...rest, groups: groupIds.map((id) => names.get(id) ?? id) }
  }
  return named
}

/** The section with the ids of the groups that it names, and a sentence for each name that no group has. */
function resolve({ policies, sharingDefaults }: GovernanceSection, groups: readonly GroupName[]) {
  const problems: string[] = []
  const idOf = (name: string): string => {
    const group = groups.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
    if (group === undefined) problems.push(`There is no group "${name}" for a default of sharing.`)
    return group?.id ?? ''
  }
  const resolveDefaults = (named: DefaultsByName): DefaultsById => {
    const defaults: DefaultsById = {}
    for (const kind of KINDS) {
      const found = named[kind]
      if (found === undefined) continue
      const { groups: names, ...rest } = found
      defaults[kind] = { ...rest, groupIds: names.map(idOf) }
    }
    return defaults
  }
  const document: GovernanceDocument = {
    policies,
    sharingDefaults: {
      organization: resolveDefaults(sharingDefaults.organization),
      groups: Object.fromEntries(
        sharingDefaults.groups.map(({ group, defaults }) => [idOf(group), resolveDefaults(defaults)]),
      ),
    },
  }
  return { document, problems }
}
