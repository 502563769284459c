import type { UsageSection } from '@graticule/contract'
import type { Store } from '../../../platform/db/database.ts'
import type { GroupService } from '../../groups/group-service.ts'
import { settingsOf, type UsageService, type UsageSettings } from '../../usage/usage-service.ts'
import type { UserService } from '../../users/user-service.ts'
import type { Effect, SettingsSection } from '../section.ts'

/** The usage quota of the organization and the limits of its people and groups, by what people call them. */
export function usageSection(usage: UsageService, groups: GroupService, users: UserService): SettingsSection<'usage'> {
  /** The settings with the ids of what the document names, and a sentence for each name that nothing has. */
  async function resolve(organizationId: string, transaction: Store, document: UsageSection) {
    const problems: string[] = []
    const limits: UsageSettings['limits'] = []
    const people = await users.listPrincipals(organizationId, transaction)
    for (const { person: email, units } of document.people) {
      const found = people.filter(({ person }) => isSameName(person.email, email))
      const id = found[0]?.person.id
      if (found.length !== 1 || id === undefined) problems.push(`Nobody here has the e-mail ${email} alone.`)
      else limits.push({ kind: 'user', id, units })
    }
    const known = await groups.listAllNames(organizationId, transaction)
    for (const { group: name, units } of document.groups) {
      const group = known.find((candidate) => isSameName(candidate.name, name))
      if (group === undefined) problems.push(`There is no group "${name}".`)
      else limits.push({ kind: 'group', id: group.id, units })
    }
    const { resetsOn, yearlyUnits } = document
    const more = problems.length > 0 ? [] : await usage.findProblems(transaction, organizationId, limits)
    return { settings: { yearlyUnits, resetsOn, limits }, problems: [...problems, ...more] }
  }

  return {
    name: 'usage',
    action: 'usage.limit',
    async read(organizationId, transaction) {
      const { limits, resetsOn, yearlyUnits } = settingsOf(await usage.readStanding(organizationId, transaction))
      const emails = new Map(
        (await users.listPrincipals(organizationId, transaction)).map(({ person }) => [person.id, person.email]),
      )
      const names = new Map((await groups.listAllNames(organizationId, transaction)).map(({ id, name }) => [id, name]))
      return inOrder({
        yearlyUnits,
        resetsOn,
        people: limits.flatMap(({ kind, id, units }) => {
          const person = kind === 'user' ? emails.get(id) : undefined
          return person === undefined ? [] : [{ person, units }]
        }),
        groups: limits.flatMap(({ kind, id, units }) => {
          const group = kind === 'group' ? names.get(id) : undefined
          return group === undefined ? [] : [{ group, units }]
        }),
      })
    },
    fingerprint: inOrder,
    async plan(transaction, { organizationId, next }) {
      const { problems, settings } = await resolve(organizationId, transaction, next)
      if (problems.length > 0) return { effects: [], problems }
      return { effects: await describe(usage, transaction, organizationId, settings), problems: [] }
    },
    async apply(transaction, { next, ...change }) {
      const { settings } = await resolve(change.organizationId, transaction, next)
      const isChanged = await usage.apply(transaction, change, settings)
      return isChanged ? async () => usage.afterChange(change.organizationId) : null
    },
  }
}

/** Who is limited otherwise than before, and that the quota is another. */
async function describe(
  usage: UsageService,
  transaction: Store,
  organizationId: string,
  next: UsageSettings,
): Promise<Effect[]> {
  const standing = await usage.readStanding(organizationId, transaction)
  const before = new Map(standing.limits.map((limit) => [`${limit.kind}/${limit.id}`, limit]))
  const after = new Set(next.limits.map(({ kind, id }) => `${kind}/${id}`))
  const effects: Effect[] = []
  if (next.yearlyUnits !== standing.yearlyUnits || next.resetsOn !== standing.resetsOn) {
    const quota = next.yearlyUnits === null ? 'no quota' : `a quota of ${next.yearlyUnits.toLocaleString('en')} units`
    const sentence = `There is ${quota} for each year that ends on ${next.resetsOn}.`
    effects.push({ kind: 'change', name: null, sentence })
  }
  for (const { id, kind, units } of next.limits) {
    const old = before.get(`${kind}/${id}`)
    if (old?.units === units) continue
    const isLess = old === undefined || units < old.units
    const sentence = `At most ${units.toLocaleString('en')} units in a year; whoever reached that is refused at once.`
    effects.push({ kind: isLess ? 'loss' : 'gain', name: old?.name ?? null, sentence })
  }
  for (const [key, { name }] of before) {
    if (!after.has(key)) effects.push({ kind: 'gain', name, sentence: 'No limit of usage any more.' })
  }
  return effects
}

/** The section with its lists in one order, as they mean the same in any. */
function inOrder({ groups, people, ...rest }: UsageSection): UsageSection {
  return {
    ...rest,
    people: [...people].sort((a, b) => (a.person < b.person ? -1 : 1)),
    groups: [...groups].sort((a, b) => (a.group < b.group ? -1 : 1)),
  }
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
