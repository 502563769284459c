import type { UsageDimension } from '@graticule/contract'
import { USAGE_METHODS } from '@graticule/policy'

const units = (count: number) => count.toLocaleString('en', { maximumFractionDigits: 1 })

/** The words of Settings → Usage, and of the limits on Settings → Quotas. */
export const messages = {
  title: 'Usage',
  forbiddenTitle: 'You cannot see the usage',
  awaiting: 'the usage of the APIs',
  intro: 'Requests that succeed count, from the cache too. Listing, describing and opening things is free.',
  weights: Object.values(USAGE_METHODS)
    .map(({ label, weight }) => `${label}: ${weight}`)
    .join(' · '),
  weightsTitle: 'Units for each request',
  scopeLabel: 'Whose usage',
  scopes: { all: 'Everybody', mine: 'Mine' },
  byLabel: 'Usage by',
  by: {
    day: 'Day',
    person: 'Person',
    group: 'Group',
    metric: 'Metric',
    map: 'Map',
  } satisfies Record<UsageDimension, string>,
  from: 'From day',
  to: 'To day',
  download: 'Download CSV',
  requests: 'Requests',
  units: 'Units',
  share: 'Share',
  unitCount: units,
  caption: (by: UsageDimension) => `Usage by ${by}`,
  noneTitle: 'Nothing was used in this time',
  noneText: 'Maps, widgets and SQL show here within a second or two of their use.',
  incomplete: 'The most used are shown; the CSV has all.',
  public: 'Visitors of public maps',
  gone: 'Somebody who is gone',
  noMap: 'No map',
  unnamedMap: 'A map that is gone or not shared with you',
  client: (client: string) => {
    if (client === 'unnamed') return 'no client named'
    return client === 'other' ? 'another client' : client
  },
  yearTitle: 'Quota year',
  ofOrganization: 'The organization',
  ofMe: 'You',
  yearUntil: (end: string) => `Counts until ${end}, in UTC, and then anew.`,
  used: (used: number, limit: number | null) =>
    limit === null ? `${units(used)} units, no quota` : `${units(used)} of ${units(limit)} units`,
  usedAlone: (used: number) => `${units(used)} units`,
  soft: 'The quota refuses nobody: admins are told at 80% and when it is used up.',
  over: 'The quota is used up',
  nearly: 'The quota is nearly used up',
  hard: 'Whoever reaches a limit is refused until an admin raises it.',
  reached: 'reached',
  limitsTitle: 'Usage',
  limitsIntro:
    'The quota of a year is a budget: admins are told when it is nearly used, and nobody is refused. A limit of a person or a group refuses at once.',
  quota: 'Units a year',
  quotaHelp: 'Of the whole organization. Empty: no quota.',
  resetsOn: 'Last day of the year',
  resetsOnHelp: 'Month and day, such as 12-31.',
  resetsOnWrong: 'Write a month and a day, such as 12-31.',
  noLimits: 'Nobody has a limit.',
  limitOf: (name: string) => `Units a year for ${name}`,
  kinds: { user: 'Person', group: 'Group' },
  remove: (name: string) => `Remove the limit of ${name}`,
  addPerson: 'Limit a person',
  addGroup: 'Limit a group',
  save: 'Save usage limits',
  discard: 'Discard usage changes',
  saved: 'The usage limits were saved.',
  notSaved: 'The usage limits were not saved',
}
