import { ACCESS_WAYS, type PersonReportQuery, SHAREABLE_ASSET_KINDS, type UnusedGrantQuery } from '@graticule/contract'
import type { Shareable } from '../../../api/sharing.ts'

type Kind = (typeof SHAREABLE_ASSET_KINDS)[number]
type Way = (typeof ACCESS_WAYS)[number]

/** What the access report keeps in its address: about whom or what it is, and how it is narrowed. */
export interface ReportSearch {
  /** The id of a person. */
  readonly person?: string
  /** The kind and id of an asset, such as `map:…`. */
  readonly asset?: string
  readonly search?: string
  readonly kind?: Kind
  readonly path?: Way
  /** Only what was not used within so many days. */
  readonly unused?: number
  readonly page?: number
}

/** What the list of unused shares keeps in its address. */
export interface UnusedSearch {
  readonly days?: number
  readonly kind?: Kind
  readonly page?: number
}

export const REPORT_PAGE_SIZE = 25
/** For how long something was not used, in days. */
export const UNUSED_DAYS = [7, 30, 90, 180, 365] as const
export const DEFAULT_UNUSED_DAYS = 90
/** The ways by which assets are reached that are told in a report. */
export const REPORTED_WAYS = ACCESS_WAYS.filter((way) => way !== 'collaborator')

/** Reads the search parameters; what is not understood is dropped. */
export function parseReportSearch(raw: Record<string, unknown>): ReportSearch {
  const asset = textOf(raw.asset, 90)
  return {
    person: textOf(raw.person, 64),
    asset: asset !== undefined && readAsset(asset) !== null ? asset : undefined,
    search: textOf(raw.search, 200),
    kind: SHAREABLE_ASSET_KINDS.find((kind) => kind === raw.kind),
    path: REPORTED_WAYS.find((way) => way === raw.path),
    unused: UNUSED_DAYS.find((days) => days === Number(raw.unused)),
    page: pageOf(raw.page),
  }
}

export function parseUnusedSearch(raw: Record<string, unknown>): UnusedSearch {
  return {
    days: UNUSED_DAYS.find((days) => days === Number(raw.days)),
    kind: SHAREABLE_ASSET_KINDS.find((kind) => kind === raw.kind),
    page: pageOf(raw.page),
  }
}

/** The asset that an address names; null for what names none. */
export function readAsset(text: string): Shareable | null {
  const kind = SHAREABLE_ASSET_KINDS.find((candidate) => text.startsWith(`${candidate}:`))
  const id = kind && text.slice(kind.length + 1)
  return kind && id ? { kind, id } : null
}

/** What narrows a report, as the server reads it; the kind is asked about a person alone. */
export function toReportFilter(search: ReportSearch): Omit<PersonReportQuery, 'page' | 'pageSize'> {
  return {
    q: search.search,
    path: search.path,
    unusedForDays: search.unused,
    ...(search.person !== undefined && { kind: search.kind }),
  }
}

export function toUnusedQuery(search: UnusedSearch): UnusedGrantQuery {
  return {
    days: search.days ?? DEFAULT_UNUSED_DAYS,
    kind: search.kind,
    page: search.page ?? 1,
    pageSize: REPORT_PAGE_SIZE,
  }
}

function textOf(value: unknown, maxLength: number): string | undefined {
  return value === undefined || value === '' ? undefined : String(value).slice(0, maxLength)
}

function pageOf(value: unknown): number | undefined {
  const page = Number(value)
  return Number.isInteger(page) && page > 1 ? page : undefined
}
