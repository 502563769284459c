import { ROLES, type Role } from '@graticule/contract'
import type { Action, Asset, AssetKind } from '@graticule/policy'

/**
 * Who asks: a person of each role, one with support access as an admin, a program with an API token, and a visitor. The
 * columns of the matrix.
 */
export const ASKERS = ['superadmin', 'admin', 'editor', 'viewer', 'guest', 'support', 'token', 'anonymous'] as const
export type Asker = PersonAsker | 'token' | 'anonymous'

/** Those of them who are signed in. */
export const PERSON_ASKERS = [...ROLES, 'support'] as const
export type PersonAsker = Role | 'support'

/**
 * What must become of a request. `ok`: it was let in · 401: sign in first · 403: known, but not allowed · 404: it may not
 * even be known that there is such a thing.
 */
export type Outcome = 'ok' | 401 | 403 | 404
export type Line = Readonly<Record<Asker, Outcome>>

/**
 * What a route can be about, and how that can stand to whoever asks.
 *
 * - `own`: theirs. A token's own is its maker's, and it has no grant on it; a visitor's own is the colleague's.
 * - `shared`: a colleague's, shared with the whole organization.
 * - `named`: a colleague's, shared with this very person; for a token one that its grants cover.
 * - `grouped`: a colleague's, shared with a group that the person is in.
 * - `public`: a colleague's map that is open to everybody.
 * - `locked`: as `public`, behind a password.
 * - `unlisted`: as `shared`, and by its address alone.
 * - `helped`: as `shared`, and open to editing.
 * - `drawn`: a colleague's private connection that a map shared with this person draws from.
 * - `private`: a colleague's, shared with nobody.
 * - `here`: of the organization. `abroad`: of another organization, and shared with everybody there.
 */
export const RELATIONS = {
  map: ['own', 'shared', 'named', 'grouped', 'public', 'locked', 'unlisted', 'helped', 'private', 'abroad'],
  /** A connection as something that people look after; no warehouse is behind it. */
  connection: ['own', 'shared', 'named', 'grouped', 'private', 'abroad'],
  /** A connection as a way to data; a real warehouse is behind it. */
  source: ['own', 'shared', 'named', 'drawn', 'private', 'abroad'],
  workflow: ['own', 'shared', 'named', 'grouped', 'private', 'abroad'],
  application: ['own', 'shared', 'named', 'grouped', 'private', 'abroad'],
  project: ['own', 'shared', 'named', 'grouped', 'private', 'abroad'],
  token: ['own', 'private', 'abroad'],
  namedSource: ['own', 'private', 'abroad'],
  oauthClient: ['own', 'private', 'abroad'],
  session: ['own', 'private'],
  group: ['here', 'abroad'],
  person: ['here', 'abroad'],
  domain: ['here', 'abroad'],
  invitation: ['here', 'abroad'],
  joinRequest: ['here', 'abroad'],
  provider: ['here', 'abroad'],
  scimToken: ['here', 'abroad'],
  supportGrant: ['here', 'abroad'],
  decision: ['here', 'abroad'],
  /** A colleague's for a map that is the asker's own, the colleague's own, or of another organization. */
  request: ['own', 'private', 'abroad'],
} as const
export type Subject = keyof typeof RELATIONS
export type Relation = (typeof RELATIONS)[Subject][number]
export type LinesFor<Of extends Subject> = Readonly<Record<(typeof RELATIONS)[Of][number], Line>>

/** Something that a request is about. */
export interface Target {
  readonly id: string
  /** What stands for `:name` in the route's path; `id` for a parameter that is not listed. */
  readonly parameters: Readonly<Record<string, string>>
  /** What the policy decides on; null for what is no asset. */
  readonly asset: Asset | null
}

/** What is sent, and what comes of it for those who are let in. */
export interface Sending {
  /** What stands for parameters of the path in a route that is about nothing in particular. */
  readonly path?: Readonly<Record<string, string>>
  readonly query?: string | ((target: Target, askerId: string) => string)
  readonly body?: object | ((target: Target, askerId: string) => object)
  readonly headers?: Readonly<Record<string, string>>
  /** The status for those who are let in, when it is not one of success: what is sent is wrong on purpose. */
  readonly status?: number
  /** `ok` means that the answer lists the target, 404 that it does not. */
  readonly lists?: true
  /** The request ends the session that it is made with, or makes it another person’s. */
  readonly endsSession?: true
  /**
   * The actions that decide together, as far as an explanation can know: those of the route unless given. Empty where
   * something decides that is no action, such as whose session it is.
   */
  readonly asks?: readonly Action[]
}

/** What must become of one route: a line for each way in which what it is about can stand to whoever asks. */
export interface Expectation extends Sending {
  readonly subject: Subject | null
  readonly lines: Readonly<Partial<Record<Relation | 'any', Line>>>
}

/** The kinds of asset that subjects of the matrix are. */
export const KIND_OF_SUBJECT: Readonly<Partial<Record<Subject, AssetKind>>> = {
  map: 'map',
  connection: 'connection',
  source: 'connection',
  workflow: 'workflow',
  application: 'application',
  project: 'project',
  token: 'token',
  namedSource: 'named-source',
  oauthClient: 'oauth-client',
}

/** A line of the matrix from its words, one for each of `ASKERS`. */
export function line(words: string): Line {
  const found = words.trim().split(/\s+/)
  if (found.length !== ASKERS.length) throw new Error(`A line needs ${ASKERS.length} words: "${words}".`)
  const outcomes = ASKERS.map((asker, index) => [asker, readOutcome(found[index])] as const)
  return Object.fromEntries(outcomes) as Line
}

/** A route that is about nothing in particular. */
export function plain(outcomes: Line, sending: Sending = {}): Expectation {
  return { subject: null, lines: { any: outcomes }, ...sending }
}

/** A route that is about one thing of this kind. */
export function about<Of extends Subject>(subject: Of, lines: LinesFor<Of>, sending: Sending = {}): Expectation {
  return { subject, lines, ...sending }
}

function readOutcome(word: string | undefined): Outcome {
  switch (word) {
    case 'ok':
      return 'ok'
    case '401':
      return 401
    case '403':
      return 403
    case '404':
      return 404
    default:
      throw new Error(`"${word}" is no outcome.`)
  }
}
