import { parseArgs } from 'node:util'

export const SETTINGS_USAGE = `npm run cli -- settings get [--json] [--organization <id>]
       npm run cli -- settings diff|plan|apply <file> [--organization <id>]
       npm run cli -- settings test [<file>] [--organization <id>]
       A file of - is what comes in. The exit code is 1 when there is a difference, a problem or a failed
       expectation, and 2 when the command could not be carried out.`

export const SETTINGS_VERBS = ['get', 'diff', 'plan', 'apply', 'test'] as const
type Verb = (typeof SETTINGS_VERBS)[number]

/** A command about settings as it was typed. */
export interface SettingsCommand {
  readonly verb: Verb
  /** Null for none, `-` for what comes in. */
  readonly file: string | null
  readonly organizationId: string | null
  readonly isJson: boolean
}

/** The command that the words after `settings` mean; null when they mean none. */
export function readSettingsCommand(words: readonly string[]): SettingsCommand | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { organization: { type: 'string' }, json: { type: 'boolean' } },
    })
    const [first, file, ...rest] = positionals
    const verb = SETTINGS_VERBS.find((candidate) => candidate === first)
    if (verb === undefined || rest.length > 0) return null
    const isFileNeeded = verb !== 'get' && verb !== 'test'
    if ((verb === 'get' && file !== undefined) || (isFileNeeded && file === undefined)) return null
    return { verb, file: file ?? null, organizationId: values.organization ?? null, isJson: values.json ?? false }
  } catch {
    return null
  }
}
