import type { Makers } from '@graticule/contract'
import type { DefaultedKind } from '@graticule/policy'

/** The words of Settings → Governance; those of each policy are its own. */
export const messages = {
  title: 'Governance',
  intro: 'What people may do from now on, whatever their roles allow. What they made before keeps working.',
  quotas: 'How many maps and applications there may be stands in',
  quotasLink: 'Settings → Quotas',
  awaiting: 'Loading the policies',
  groups: {
    connections: 'Connections',
    maps: 'Maps',
    sharing: 'Sharing',
    people: 'People’s sessions',
    tokens: 'API tokens',
    applications: 'Applications',
    exports: 'Exports',
  },
  makers: { editors: 'Editors and admins', admins: 'Admins only', nobody: 'Nobody' } satisfies Record<Makers, string>,
  unlimited: 'No limit',
  days: 'Days',
  sites: { any: 'Any site', only: 'Only these sites', placeholder: 'https://example.org' },
  addresses: { any: 'Any address', only: 'Only these addresses', placeholder: '203.0.113.0/24' },
  yourAddress: (address: string) => `You come from ${address}.`,
  defaultsTitle: 'Whom new assets are shared with',
  defaultsIntro:
    'The owner can change it afterwards, unless it is locked. A locked default of the organization goes before those of groups; of several groups the first by name counts.',
  organization: 'Everybody',
  group: (name: string) => `Members of ${name}`,
  kinds: {
    map: 'Maps',
    connection: 'Connections',
    workflow: 'Workflows',
    application: 'Applications',
  } satisfies Record<DefaultedKind, string>,
  audiences: { none: 'As for everybody', private: 'Private', organization: 'Organization', groups: 'These groups' },
  audienceOf: (whose: string, kind: string) => `${whose}: ${kind}`,
  groupsOf: (whose: string, kind: string) => `${whose}: groups for ${kind}`,
  pickGroups: 'Choose groups',
  lock: 'Locked',
  lockOf: (whose: string, kind: string) => `${whose}: lock ${kind}`,
  addGroup: 'Add defaults of a group',
  look: 'Review changes',
  discard: 'Discard',
  planTitle: 'What changes',
  noChanges: 'Nothing changes.',
  losers: (count: number) => (count === 1 ? '1 person can do less:' : `${count} people can do less:`),
  losing: (title: string) => `Who can do less by “${title}”`,
  gainers: (count: number) => (count === 1 ? '1 person can do more:' : `${count} people can do more:`),
  gaining: (title: string) => `Who can do more by “${title}”`,
  kept: (count: number) =>
    count === 1
      ? '1 that there is could not be made so any more; it keeps working.'
      : `${count} that there are could not be made so any more; they keep working.`,
  save: 'Save changes',
  saved: 'Governance saved',
  saveFailed: 'This was not saved',
}
