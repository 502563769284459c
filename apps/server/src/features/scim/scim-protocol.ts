import { ScimError } from './scim-error.ts'
import type { Resource } from './scim-patch.ts'
import type { Window } from './scim-store.ts'

export const LIST_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
export const MAX_PAGE_SIZE = 200
const DEFAULT_PAGE_SIZE = 100

/** What a list is asked for. */
export interface ListQuery {
  readonly filter: string | undefined
  readonly window: Window
}

/** One page of resources. */
export interface ScimList {
  readonly schemas: string[]
  readonly totalResults: number
  readonly startIndex: number
  readonly itemsPerPage: number
  readonly Resources: Resource[]
}

/** Reads the parameters of a list: counted from 1, and what is no number counts as absent (RFC 7644, 3.4.2.4). */
export function readListQuery(query: { filter?: string; startIndex?: string; count?: string }): ListQuery {
  const startIndex = Math.max(readInteger(query.startIndex) ?? 1, 1)
  const count = Math.min(Math.max(readInteger(query.count) ?? DEFAULT_PAGE_SIZE, 0), MAX_PAGE_SIZE)
  return { filter: query.filter || undefined, window: { offset: startIndex - 1, count } }
}

export function toList(resources: Resource[], total: number, { window }: ListQuery): ScimList {
  return {
    schemas: [LIST_SCHEMA],
    totalResults: total,
    startIndex: window.offset + 1,
    itemsPerPage: resources.length,
    Resources: resources,
  }
}

/** Throws 412 when the resource is no longer as the client saw it. */
export function requireVersion(version: number, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return
  const wanted = ifMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  if (wanted.includes(`"${version}"`)) return
  throw new ScimError(412, 'The resource has changed since it was read; read it again.')
}

/** A resource with those attributes alone that are asked for; what every resource has stays. */
export function selectAttributes(
  resource: Resource,
  { attributes, excludedAttributes }: { attributes?: string; excludedAttributes?: string },
): Resource {
  const wanted = readNames(attributes)
  const unwanted = readNames(excludedAttributes)
  const isAsked = (name: string): boolean => {
    if (ALWAYS.has(name)) return true
    return wanted.length > 0 ? wanted.includes(name.toLowerCase()) : !unwanted.includes(name.toLowerCase())
  }
  return Object.fromEntries(Object.entries(resource).filter(([name]) => isAsked(name)))
}

const ALWAYS = new Set(['schemas', 'id', 'meta'])

/** `name.givenName` asks for `name`. */
function readNames(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
    .map((name) => (name.startsWith('urn:') ? (name.split(':').at(-1) ?? '') : (name.split('.')[0] ?? '')))
}

function readInteger(text: string | undefined): number | undefined {
  const value = Number(text)
  return text !== undefined && Number.isSafeInteger(value) && Math.abs(value) < 1e9 ? value : undefined
}
