import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Runs a sample as a person would who pasted it into a file of their own, beside the clients that it imports. */
export async function runSample(code: string): Promise<string> {
  const folder = await mkdtemp(join(fileURLToPath(new URL('.', import.meta.url)), '.sample-'))
  try {
    const file = join(folder, 'sample.mjs')
    await writeFile(file, code)
    return (await run(process.execPath, [file], { timeout: 60_000 })).stdout
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Runs a sample for the command line. */
export async function runShellSample(code: string): Promise<string> {
  return (await run('bash', ['-c', code], { timeout: 60_000 })).stdout
}
