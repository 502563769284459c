import type { Filter } from 'scim2-parse-filter'
import { ScimError } from './scim-error.ts'
import { parseScimFilter } from './scim-filter.ts'

/** A resource as JSON: attributes by their names. */
export type Resource = Record<string, unknown>

interface Path {
  readonly attribute: string
  readonly filter: Filter | null
  readonly subAttribute: string | null
}

const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const CORE_SCHEMA = /^urn:ietf:params:scim:schemas:core:2\.0:(?:User|Group):/i
const EXTENSION = /^(urn:ietf:params:scim:schemas:extension:[\w.:-]+?:2\.0:\w+)(?::(.+))?$/i
const PATH = /^([A-Za-z]\w*)(?:\[([^\]]*)\])?(?:\.([A-Za-z$][\w$]*))?$/
const MAX_OPERATIONS = 1000

/**
 * Applies a PATCH request (RFC 7644, section 3.5.2) to a copy of the resource, as Entra and Okta send it too: operations
 * in any case of letters, dotted names in an object without a path, members to be removed listed in the value.
 * `attributes` are the names that the resource has; names are compared without their case, others are passed over.
 */
export function applyScimPatch(resource: Resource, body: unknown, attributes: readonly string[]): Resource {
  const patched = structuredClone(resource)
  for (const operation of readOperations(body)) {
    if (operation.path !== null) {
      apply(patched, operation.op, operation.path, operation.value, attributes)
      continue
    }
    if (operation.op === 'remove') throw new ScimError(400, 'A remove operation needs a path.', 'noTarget')
    if (!isObject(operation.value)) {
      throw new ScimError(
        400,
        'An operation without a path needs an object of attributes as its value.',
        'invalidValue',
      )
    }
    for (const [name, value] of Object.entries(operation.value)) {
      apply(patched, operation.op, name, value, attributes)
    }
  }
  return patched
}

interface Operation {
  readonly op: 'add' | 'remove' | 'replace'
  readonly path: string | null
  readonly value: unknown
}

function readOperations(body: unknown): Operation[] {
  const request = isObject(body) ? body : {}
  const { schemas } = request
  if (!Array.isArray(schemas) || !schemas.some((name) => String(name).toLowerCase() === PATCH_SCHEMA.toLowerCase())) {
    throw new ScimError(400, `The body must name the schema ${PATCH_SCHEMA}.`, 'invalidSyntax')
  }
  const operations = request.Operations ?? request.operations
  if (!Array.isArray(operations) || operations.length === 0 || operations.length > MAX_OPERATIONS) {
    throw new ScimError(400, `The body must hold 1 to ${MAX_OPERATIONS} Operations.`, 'invalidSyntax')
  }
  return operations.map((operation: unknown) => {
    const { op, path, value } = isObject(operation) ? operation : {}
    const name = typeof op === 'string' ? op.toLowerCase() : ''
    if (name !== 'add' && name !== 'remove' && name !== 'replace') {
      throw new ScimError(400, 'The op of an operation is add, remove or replace.', 'invalidSyntax')
    }
    if (path !== undefined && path !== null && typeof path !== 'string') {
      throw new ScimError(400, 'The path of an operation is a text.', 'invalidPath')
    }
    return { op: name, path: path?.trim() || null, value }
  })
}

function apply(
  resource: Resource,
  op: Operation['op'],
  text: string,
  value: unknown,
  attributes: readonly string[],
): void {
  const extension = EXTENSION.exec(text)
  if (extension !== null) {
    const [, urn = '', rest] = extension
    const name = attributes.find((candidate) => candidate.toLowerCase() === urn.toLowerCase())
    if (name === undefined) return
    if (rest === undefined) change(resource, op, { attribute: name, filter: null, subAttribute: null }, value)
    else change(objectAt(resource, name), op, parsePath(rest), value)
    return
  }
  const path = parsePath(text.replace(CORE_SCHEMA, ''))
  const attribute = attributes.find((candidate) => candidate.toLowerCase() === path.attribute.toLowerCase())
  if (attribute !== undefined) change(resource, op, { ...path, attribute }, value)
}

function parsePath(text: string): Path {
  const match = text.length > 500 ? null : PATH.exec(text)
  if (match === null) throw new ScimError(400, `The path ${text.slice(0, 100)} is not understood.`, 'invalidPath')
  const [, attribute = '', filter, subAttribute] = match
  return {
    attribute,
    filter: filter === undefined ? null : parseScimFilter(filter),
    subAttribute: subAttribute ?? null,
  }
}

function change(container: Resource, op: Operation['op'], path: Path, value: unknown): void {
  const { attribute, filter, subAttribute } = path
  const present = own(container, attribute)
  if (filter !== null) changeItems(container, op, { ...path, filter }, value)
  else if (subAttribute !== null) {
    const holders = Array.isArray(present) ? present.filter(isObject) : [objectAt(container, attribute)]
    for (const holder of holders) setOrRemove(holder, op, subAttribute, value)
  } else if (op === 'remove') removeValue(container, attribute, value)
  else if (Array.isArray(present)) {
    container[attribute] = op === 'add' ? unite(present, toArray(value)) : toArray(value)
  } else if (isObject(present) && isObject(value)) Object.assign(present, value)
  else container[attribute] = value
}

function changeItems(
  container: Resource,
  op: Operation['op'],
  { attribute, filter, subAttribute }: Path & { readonly filter: Filter },
  value: unknown,
): void {
  const present = own(container, attribute)
  const items: unknown[] = Array.isArray(present) ? present : []
  const chosen = items.filter((item): item is Resource => isObject(item) && matches(item, filter))
  if (op === 'remove') {
    if (subAttribute === null) container[attribute] = items.filter((item) => !chosen.includes(item as Resource))
    else for (const item of chosen) delete item[subAttribute]
    return
  }
  if (chosen.length === 0) {
    // What is not there yet is added, as `emails[type eq "work"].value` of a person without any.
    if (filter.op !== 'eq') throw new ScimError(400, 'The path leads to no value.', 'noTarget')
    const item: Resource = { [filter.attrPath]: filter.compValue }
    chosen.push(item)
    container[attribute] = [...items, item]
  }
  for (const item of chosen) {
    if (subAttribute !== null) item[subAttribute] = value
    else if (isObject(value)) Object.assign(item, value)
    else throw new ScimError(400, 'The value of this path is an object.', 'invalidValue')
  }
}

function setOrRemove(holder: Resource, op: Operation['op'], name: string, value: unknown): void {
  if (op === 'remove') delete holder[name]
  else holder[name] = value
}

/** Without a value the whole attribute; with one, as Entra removes members, those items that it lists. */
function removeValue(container: Resource, attribute: string, value: unknown): void {
  const present = own(container, attribute)
  const listed = value === undefined || value === null ? [] : toArray(value)
  if (!Array.isArray(present) || listed.length === 0) {
    delete container[attribute]
    return
  }
  const gone = new Set(listed.map(keyOf))
  container[attribute] = present.filter((item) => !gone.has(keyOf(item)))
}

function unite(present: readonly unknown[], added: readonly unknown[]): unknown[] {
  const known = new Set(present.map(keyOf))
  return [...present, ...added.filter((item) => !known.has(keyOf(item)))]
}

/** What tells an item of a list apart: its value, whatever is said about it besides. */
function keyOf(item: unknown): string {
  return String(isObject(item) ? item.value : item)
}

function matches(item: Resource, filter: Filter): boolean {
  switch (filter.op) {
    case 'and':
      return filter.filters.every((part) => matches(item, part))
    case 'or':
      return filter.filters.some((part) => matches(item, part))
    case 'not':
      return !matches(item, filter.filter)
    case '[]':
      return false
    case 'pr':
      return own(item, filter.attrPath) !== undefined
    default: {
      const value = fold(own(item, filter.attrPath))
      const wanted = fold(filter.compValue)
      switch (filter.op) {
        case 'eq':
          return value === wanted
        case 'ne':
          return value !== wanted
        case 'co':
          return value.includes(wanted)
        case 'sw':
          return value.startsWith(wanted)
        case 'ew':
          return value.endsWith(wanted)
        default:
          throw new ScimError(400, `A path does not compare with ${filter.op}.`, 'invalidPath')
      }
    }
  }
}

/** Entra writes truth values as words. */
function fold(value: unknown): string {
  return value === undefined || value === null ? '' : String(value).toLowerCase()
}

function own(container: Resource, name: string): unknown {
  return Object.hasOwn(container, name) ? container[name] : undefined
}

function objectAt(container: Resource, name: string): Resource {
  const present = own(container, name)
  if (isObject(present)) return present
  const made: Resource = {}
  container[name] = made
  return made
}

function toArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value]
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Resource {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
