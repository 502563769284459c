import {
  AppError,
  type AssetReport,
  type AssetReportFilter,
  type AssetReportParams,
  type PersonReport,
  type PersonReportFilter,
  type ReportedAsset,
} from '@graticule/contract'
import {
  type AccessPath,
  explain,
  isListedFor,
  type MatchedPath,
  READ_ACTION,
  type UserPrincipal,
} from '@graticule/policy'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import type { NamedAsset } from '../sharing/shareable-assets.ts'
import type { PossibleReader } from '../sharing/sharing-service.ts'
import { personNotFound } from '../users/person-not-found.ts'
import type { KnownAssets } from './access-service.ts'
import { listReached, type PageOf, readRecordedSince } from './report-store.ts'
import { dayOf, type UseLog } from './use-log.ts'
import { readLastUsesBy } from './use-store.ts'

export interface ReportServiceOptions extends KnownAssets {
  readonly store: Store
  readonly uses: UseLog
  readonly clock: Clock
}

/** A page of a list, as requests name it. */
export interface PageQuery {
  readonly page?: number
  readonly pageSize?: number
}

/** As many rows as a file is written of at a time. */
const FILE_PAGE = 500
const DEFAULT_PAGE = 50
const DAY_MS = 86_400_000

/** Who reaches what, by which ways, and when they last used it; whether one may ask was decided by the route's action. */
export class ReportService {
  readonly #options: ReportServiceOptions

  constructor(options: ReportServiceOptions) {
    this.#options = options
  }

  /** A page of everything that a person reaches. What the asker may not open comes without its name. */
  async ofPerson(
    asker: UserPrincipal,
    personId: string,
    filter: PersonReportFilter & PageQuery,
  ): Promise<PersonReport> {
    await this.#options.uses.flush()
    const subject = await this.#findPerson(asker, personId)
    const recordedSince = await readRecordedSince(this.#options.store, asker.organizationId)
    const page = await this.#listAssets(asker, subject, filter, pageOf(filter))
    return {
      person: { ...subject.person, role: subject.principal.role },
      ...page,
      recordedSince: recordedSince.toISOString(),
    }
  }

  /** All of it, page after page, for a file. */
  async *eachOfPerson(asker: UserPrincipal, personId: string, filter: PersonReportFilter) {
    await this.#options.uses.flush()
    const subject = await this.#findPerson(asker, personId)
    for (let offset = 0; ; offset += FILE_PAGE) {
      const { assets } = await this.#listAssets(asker, subject, filter, { limit: FILE_PAGE, offset })
      yield* assets
      if (assets.length < FILE_PAGE) return
    }
  }

  /** A page of everybody who reaches an asset, whoever may open it. */
  async ofAsset(
    asker: UserPrincipal,
    key: AssetReportParams,
    filter: AssetReportFilter & PageQuery,
  ): Promise<AssetReport> {
    const { limit, offset } = pageOf(filter)
    const recordedSince = await readRecordedSince(this.#options.store, asker.organizationId)
    const { asset, people } = await this.#listReaders(asker, key, filter)
    return {
      asset,
      people: people.slice(offset, offset + limit),
      total: people.length,
      recordedSince: recordedSince.toISOString(),
    }
  }

  async *eachOfAsset(asker: UserPrincipal, key: AssetReportParams, filter: AssetReportFilter) {
    yield* (await this.#listReaders(asker, key, filter)).people
  }

  async #listAssets(asker: UserPrincipal, subject: PossibleReader, filter: PersonReportFilter, page: PageOf) {
    const { kinds, store } = this.#options
    const narrowed = { ...filter, unusedSince: this.#unusedSince(filter) }
    const { rows, total } = await listReached(store, asker, subject.principal, narrowed, page)
    const found = new Map<string, NamedAsset>()
    for (const kind of new Set(rows.map((row) => row.kind))) {
      const ids = rows.filter((row) => row.kind === kind).map(({ id }) => id)
      for (const named of await kinds[kind].listShareable(ids)) found.set(`${kind}:${named.asset.id}`, named)
    }
    const reached = rows.flatMap((row) => {
      const named = found.get(`${row.kind}:${row.id}`)
      if (named === undefined) return []
      const { paths } = explain(subject.principal, READ_ACTION[row.kind], named.asset)
      return [{ named, paths, lastUsedOn: row.last_used_on }]
    })
    const nameWays = await this.#nameWays(asker, reached)
    const assets = reached.map(({ named, paths, lastUsedOn }) => ({
      ...reportedTo(asker, named),
      paths: nameWays(paths),
      lastUsedOn,
    }))
    return { assets, total }
  }

  async #listReaders(asker: UserPrincipal, { kind, id }: AssetReportParams, filter: AssetReportFilter) {
    const { kinds, listPeople, store, uses } = this.#options
    await uses.flush()
    const [named] = await kinds[kind].listShareable([id])
    if (named?.asset.organizationId !== asker.organizationId) {
      throw new AppError('not_found', `There is no such ${kind} in your organization.`)
    }
    const lastUses = await readLastUsesBy(store, kind, id)
    const unusedSince = this.#unusedSince(filter)
    const search = filter.q?.trim().toLowerCase() ?? ''
    const readers = (await listPeople(asker.organizationId)).flatMap(({ person, principal }) => {
      const { paths } = explain(principal, READ_ACTION[kind], named.asset)
      const lastUsedOn = lastUses.get(person.id) ?? null
      const isWanted =
        paths.length > 0 &&
        hasPath(paths, filter.path) &&
        (unusedSince === null || lastUsedOn === null || lastUsedOn < unusedSince) &&
        `${person.name} ${person.email}`.toLowerCase().includes(search)
      return isWanted ? [{ person: { ...person, role: principal.role }, paths, lastUsedOn }] : []
    })
    const nameWays = await this.#nameWays(asker, readers)
    return {
      asset: reportedTo(asker, named),
      people: readers.map(({ person, paths, lastUsedOn }) => ({ ...person, paths: nameWays(paths), lastUsedOn })),
    }
  }

  async #findPerson(asker: UserPrincipal, personId: string): Promise<PossibleReader> {
    const people = await this.#options.listPeople(asker.organizationId)
    const subject = people.find(({ person }) => person.id === personId)
    if (!subject) throw personNotFound()
    return subject
  }

  async #nameWays(asker: UserPrincipal, rows: readonly { readonly paths: readonly MatchedPath[] }[]) {
    const ids = [...new Set(rows.flatMap(({ paths }) => paths.flatMap((path) => path.ids)))]
    const groups = await this.#options.listGroupNames(asker.organizationId, ids)
    const projects = await this.#options.listProjectNames(asker, ids)
    return (paths: readonly MatchedPath[]) =>
      paths.map(({ path, ids: named }) => ({
        path,
        groups: groups.filter(({ id }) => named.includes(id)),
        projects: projects.filter(({ id }) => named.includes(id)),
      }))
  }

  #unusedSince({ unusedForDays: days }: AssetReportFilter): string | null {
    return days === undefined ? null : dayOf(new Date(this.#options.clock.now().getTime() - days * DAY_MS))
  }
}

export function pageOf({ page = 1, pageSize = DEFAULT_PAGE }: PageQuery): PageOf {
  return { limit: pageSize, offset: (page - 1) * pageSize }
}

/** An asset as a report names it to somebody: its name is for those whose lists show it. */
export function reportedTo(asker: UserPrincipal, { asset, name, owner }: NamedAsset): ReportedAsset {
  return { kind: asset.kind, id: asset.id, name: isListedFor(asker, asset) ? name : null, owner }
}

function hasPath(paths: readonly MatchedPath[], wanted: AccessPath | undefined): boolean {
  return wanted === undefined || paths.some(({ path }) => path === wanted)
}
