import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'

const PROGRAM = `
const { startPostgres } = await import(${JSON.stringify(new URL('./postgres.ts', import.meta.url).href)})
const { pid } = await startPostgres()
process.stdout.write(String(pid))
setInterval(() => {}, 1000)
`

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('a server ends with the test process, even when that is killed', async () => {
  const parent = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [output] = (await once(parent.stdout, 'data')) as [Buffer]
  const pid = Number(output.toString())
  expect(isAlive(pid)).toBe(true)
  parent.kill('SIGKILL')
  await once(parent, 'exit')
  for (let attempt = 0; attempt < 100 && isAlive(pid); attempt++) await sleep(50)
  expect(isAlive(pid)).toBe(false)
})
