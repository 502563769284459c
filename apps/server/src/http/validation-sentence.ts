import type { FastifySchemaValidationError } from 'fastify/types/schema.js'

const PLACES: Readonly<Record<string, string>> = {
  body: 'body',
  querystring: 'query parameter',
  params: 'part of the path',
  headers: 'header',
}

/** One sentence a person can act on, from the validator's list of errors, and where the mistake is. */
export function describeValidationFailure(
  errors: readonly FastifySchemaValidationError[],
  context = 'body',
): { readonly sentence: string; readonly details: Readonly<Record<string, unknown>> } {
  const place = PLACES[context] ?? 'request'
  // Branches of a union all complain; the complaint that reaches deepest is about what was meant.
  const deepest = [...errors].sort((a, b) => depthOf(b) - depthOf(a))[0]
  if (deepest === undefined) return { sentence: `The ${place} is not valid.`, details: {} }
  const missing = missingProperty(deepest)
  const path = [...pathParts(deepest.instancePath), ...(missing === null ? [] : [missing])].join('.')
  const subject = path === '' ? `The ${place}` : context === 'body' ? `"${path}" in the body` : `The ${place} "${path}"`
  const complaint = missing === null ? complaintOf(deepest) : 'is missing'
  return { sentence: `${subject} ${complaint}.`, details: { in: context, path } }
}

function depthOf(error: FastifySchemaValidationError): number {
  return error.instancePath.split('/').length + (error.keyword === 'anyOf' ? -0.5 : 0)
}

function pathParts(instancePath: string): string[] {
  return instancePath
    .split('/')
    .filter((part) => part !== '')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function missingProperty(error: FastifySchemaValidationError): string | null {
  if (error.keyword !== 'required') return null
  const { requiredProperties, missingProperty: single } = error.params
  if (Array.isArray(requiredProperties) && typeof requiredProperties[0] === 'string') return requiredProperties[0]
  return typeof single === 'string' ? single : null
}

function complaintOf(error: FastifySchemaValidationError): string {
  const allowed = error.params.allowedValues
  if (error.keyword === 'enum' && Array.isArray(allowed)) return `must be one of ${allowed.join(', ')}`
  return error.message ?? 'is not valid'
}
