import type { DataClass } from './data-class.ts'

/** A place beside the tables of the metadata store. */
export interface Place {
  readonly id: string
  readonly where: 'memory' | 'home folder' | 'temporary folder' | 'output' | 'elsewhere'
  /** What it is called there: the entry of the folder, as a pattern; null for what is no file. */
  readonly name: RegExp | null
  readonly holds: readonly DataClass[]
  readonly sentence: string
}

/** Every place but the tables that can hold what is a customer's. A new folder or file of the server has a line here. */
export const PLACES: readonly Place[] = [
  {
    id: 'answer cache',
    where: 'memory',
    name: null,
    holds: ['rows'],
    sentence: 'Tiles, widgets and statistics, 64 MB at most in each server; gone when the server stops.',
  },
  {
    id: 'shared answer cache',
    where: 'elsewhere',
    name: null,
    holds: ['rows'],
    sentence:
      'The same answers in the Redis of REDIS_URL, sealed, each for as long as it may be served; none without REDIS_URL.',
  },
  {
    id: 'statements under way',
    where: 'memory',
    name: null,
    holds: ['rows', 'quoting'],
    sentence:
      'Rows between a warehouse and whoever asked, for as long as they take; those of SQL jobs are counted and dropped.',
  },
  {
    id: 'embedded metadata store',
    where: 'home folder',
    name: /^metadata(?:[.-].+)?$/,
    holds: ['settings', 'person', 'secret', 'written', 'quoting'],
    sentence: 'The tables below, where DATABASE_URL names no server.',
  },
  {
    id: 'embedded warehouse',
    where: 'home folder',
    name: /^warehouse(?:[.-].+)?$/,
    holds: ['rows'],
    sentence: 'The sample tables of the demo, and whatever people write into them; none with GRATICULE_DEMO=off.',
  },
  {
    id: 'master key',
    where: 'home folder',
    name: /^secret\.key(?:\.[0-9a-f]{12}|\.retired(?:\.[0-9a-f]{12})?)?$/,
    holds: ['secret'],
    sentence: 'What sealed secrets are opened with, where the environment names no other key.',
  },
  {
    id: 'checkpoints',
    where: 'home folder',
    name: /^activity-checkpoints\.jsonl$/,
    holds: ['plain'],
    sentence: 'Signed words on how far the chains of the activity log had come.',
  },
  {
    id: 'activity streams',
    where: 'elsewhere',
    name: null,
    holds: ['person', 'written'],
    sentence: 'Events of the activity log, to the destinations of ACTIVITY_STREAMS.',
  },
  {
    id: 'demo file',
    where: 'home folder',
    name: /^demo\.json$/,
    holds: ['secret'],
    sentence: 'Passwords and the token of the demo organization; none with GRATICULE_DEMO=off.',
  },
  {
    id: 'lock',
    where: 'home folder',
    name: /^lock(?:\..+)?$/,
    holds: ['plain'],
    sentence: 'Which process has the folder open.',
  },
  {
    id: 'sockets of the embedded engines',
    where: 'home folder',
    name: /^run$/,
    holds: ['plain'],
    sentence: 'Sockets and the ids of processes, while the server runs.',
  },
  {
    id: 'sockets of a deep home folder',
    where: 'temporary folder',
    name: /^graticule-[A-Za-z0-9]{6}$/,
    holds: ['plain'],
    sentence: 'The same sockets, where the path of the home folder is too long for one.',
  },
  {
    id: 'log',
    where: 'output',
    name: null,
    holds: ['plain', 'person'],
    sentence: 'Ids, routes, times and addresses of clients on the standard output; no bodies, no SQL, no rows.',
  },
  {
    id: 'mails',
    where: 'elsewhere',
    name: null,
    holds: ['person', 'written'],
    sentence: 'Sent through SMTP_URL; without it the latest stay in memory for an admin to pass on.',
  },
  {
    id: 'warehouses',
    where: 'elsewhere',
    name: null,
    holds: ['rows'],
    sentence: 'The customer’s own: what they let a login write is written there and nowhere else.',
  },
]
