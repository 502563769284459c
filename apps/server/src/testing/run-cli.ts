import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url))

/** What a command printed on each channel, and how it ended. */
export interface CommandOutcome {
  readonly code: number
  readonly printed: string
  readonly complained: string
}

/** Runs a command of the administrator as a process of its own. */
export function runCli(words: readonly string[], environment: Readonly<Record<string, string>>) {
  return new Promise<CommandOutcome>((resolve) => {
    const env = { PATH: process.env.PATH, ...environment }
    const child = execFile(process.execPath, [CLI, ...words], { env }, (_error, printed, complained) =>
      resolve({ code: child.exitCode ?? -1, printed, complained }),
    )
  })
}
