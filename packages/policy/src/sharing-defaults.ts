import type { SharingDefault, SharingDefaults } from '@graticule/contract'
import type { ShareableKind } from './assets.ts'
import { type Audience, NOBODY, WHOLE_ORGANIZATION } from './audience.ts'

/** The kinds of asset that have a default; a project is shared when it is made for somebody. */
export const DEFAULTED_KINDS = [
  'map',
  'connection',
  'workflow',
  'application',
] as const satisfies readonly ShareableKind[]
export type DefaultedKind = (typeof DEFAULTED_KINDS)[number]

/** A group that a maker is in. */
export interface MakersGroup {
  readonly id: string
  readonly name: string
}

/** Whom something new of a maker is shared with, and whether they may choose otherwise. */
export interface EffectiveDefault {
  readonly audience: Audience
  readonly locked: boolean
  /** Who set it: the organization, or a group by its name; null when nobody did. */
  readonly setBy: { readonly kind: 'organization' } | { readonly kind: 'group'; readonly name: string } | null
}

/** Every default of an organization that says nothing: all is private at first. */
export const NO_SHARING_DEFAULTS: SharingDefaults = { organization: {}, groups: {} }

/**
 * The default that holds for what somebody makes. A locked one of the organization goes before all; then comes the first
 * by name of the maker's groups that has one, then the organization's. Groups that are gone count for nothing.
 */
export function findDefault(
  defaults: SharingDefaults,
  kind: ShareableKind,
  makersGroups: readonly MakersGroup[],
  existingGroupIds: ReadonlySet<string>,
): EffectiveDefault {
  const own = DEFAULTED_KINDS.find((candidate) => candidate === kind)
  if (own === undefined) return { audience: NOBODY, locked: false, setBy: null }
  const general = defaults.organization[own]
  if (general?.locked) return { ...resolve(general, existingGroupIds), setBy: { kind: 'organization' } }
  const byName = [...makersGroups].sort((a, b) => a.name.localeCompare(b.name, 'en') || (a.id < b.id ? -1 : 1))
  for (const { id, name } of byName) {
    const special = Object.hasOwn(defaults.groups, id) ? defaults.groups[id]?.[own] : undefined
    if (special) return { ...resolve(special, existingGroupIds), setBy: { kind: 'group', name } }
  }
  if (general) return { ...resolve(general, existingGroupIds), setBy: { kind: 'organization' } }
  return { audience: NOBODY, locked: false, setBy: null }
}

/** The ids of all groups that defaults share with. */
export function listDefaultGroups(defaults: SharingDefaults): string[] {
  const each = [defaults.organization, ...Object.values(defaults.groups)].flatMap((kinds) => Object.values(kinds))
  return [...new Set(each.flatMap(({ audience, groupIds }) => (audience === 'groups' ? groupIds : [])))]
}

/** Whether any of these defaults is locked. */
export function hasLock({ organization, groups }: SharingDefaults): boolean {
  return [organization, ...Object.values(groups)].some((kinds) => Object.values(kinds).some(({ locked }) => locked))
}

/** What a locked default says to an owner who wishes for something else. */
export function describeLock(kind: ShareableKind, { audience, setBy }: EffectiveDefault): string {
  const whom = audience.organization
    ? 'shared with the whole organization'
    : audience.groupIds.length > 0
      ? 'shared with the groups that were chosen for them'
      : 'private'
  const by = setBy?.kind === 'group' ? `the group "${setBy.name}"` : 'the organization'
  return `${capital(kind)}s are ${whom} and nothing else: the default of ${by} is locked; an admin can change it in Settings → Governance.`
}

function resolve(
  { audience, groupIds, locked }: SharingDefault,
  existing: ReadonlySet<string>,
): Pick<EffectiveDefault, 'audience' | 'locked'> {
  switch (audience) {
    case 'private':
      return { audience: NOBODY, locked }
    case 'organization':
      return { audience: WHOLE_ORGANIZATION, locked }
    case 'groups':
      return { audience: { ...NOBODY, groupIds: groupIds.filter((id) => existing.has(id)) }, locked }
  }
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
