import { AppError, SETTINGS_DOCUMENT_VERSION, type SETTINGS_FORMATS, SettingsDocument } from '@graticule/contract'
import { Compile } from 'typebox/compile'
import { parseDocument, stringify } from 'yaml'

export type SettingsFormat = (typeof SETTINGS_FORMATS)[number]

const VALIDATOR = Compile(SettingsDocument)
/** More mistakes than these help nobody. */
const MAX_PROBLEMS = 20

/** The document as text that `readSettingsText` reads back as it was. */
export function writeSettingsText(document: SettingsDocument, format: SettingsFormat = 'yaml'): string {
  if (format === 'json') return `${JSON.stringify(document, null, 2)}\n`
  return stringify(document, { lineWidth: 0, version: '1.2', schema: 'core', aliasDuplicateObjects: false })
}

/** The document that a text in YAML or JSON holds; 400 with the path of each mistake. */
export function readSettingsText(text: string): SettingsDocument {
  const value = parseText(text)
  if (VALIDATOR.Check(value)) return value as SettingsDocument
  const problems = [...new Set(VALIDATOR.Errors(value).flatMap(describe))]
  const [first = 'This is not a document of settings.'] = deepestFirst(problems)
  throw new AppError('invalid_request', first, { details: { problems: problems.slice(0, MAX_PROBLEMS) } })
}

function parseText(text: string): unknown {
  const parsed = parseDocument(text, { version: '1.2', schema: 'core', uniqueKeys: true, prettyErrors: true })
  const [error] = [...parsed.errors, ...parsed.warnings]
  if (error !== undefined) {
    const [sentence = 'it is not YAML'] = error.message.split('\n')
    throw new AppError('invalid_request', `The document cannot be read: ${sentence.replace(/:$/, '')}.`)
  }
  try {
    // A few aliases can stand for more text than there is memory.
    return parsed.toJS({ maxAliasCount: 0 })
  } catch (error) {
    throw new AppError('invalid_request', 'The document must not use aliases (*name); write out what they stand for.', {
      cause: error,
    })
  }
}

type ValidationError = ReturnType<(typeof VALIDATOR)['Errors']>[number]

/** One sentence for each mistake, with the path to it. */
function describe(error: ValidationError): string[] {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.')
  const inside = (name: string) => (path === '' ? name : `${path}.${name}`)
  switch (error.keyword) {
    case 'additionalProperties':
      return error.params.additionalProperties.map((name) => `"${inside(name)}" is not a setting; remove it.`)
    case 'required':
      return error.params.requiredProperties.map((name) => `"${inside(name)}" is missing.`)
    case 'boolean':
      // What stands where nothing may stand is told of as an additional property.
      return []
    case 'const':
      return [`"${path}" must be ${SETTINGS_DOCUMENT_VERSION}: no other version is known.`]
    case 'enum':
      return [`"${path}" must be one of ${error.params.allowedValues.join(', ')}.`]
    default:
      return [path === '' ? `The document ${error.message}.` : `"${path}" ${error.message}.`]
  }
}

/** Branches of a union all complain; the complaint that reaches deepest is about what was meant. */
function deepestFirst(problems: readonly string[]): string[] {
  const depthOf = (problem: string) => /^"([^"]*)"/.exec(problem)?.[1]?.split('.').length ?? 0
  return [...problems].sort((a, b) => depthOf(b) - depthOf(a))
}
