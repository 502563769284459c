import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { HomeInUseError, lockHome, lockHomeWithin, readHomeLockOwner } from './home-lock.ts'
import { isSameProcessAlive, type ProcessIdentity, readProcessIdentity } from './process-identity.ts'

const homes: string[] = []

function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'graticule-lock-test-'))
  homes.push(home)
  return home
}

afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true })
})

test('a home that a living process holds is refused with a sentence that names the process', () => {
  const home = makeHome()
  lockHome(home)
  expect(() => lockHome(home)).toThrow(HomeInUseError)
  expect(() => lockHome(home)).toThrow(new RegExp(`process ${process.pid}\\) already uses ${home}`))
})

test('a released home can be taken again, and nothing is left lying about', () => {
  const home = makeHome()
  lockHome(home).release()
  expect(readdirSync(home)).toEqual([])
  lockHome(home)
  expect(readHomeLockOwner(home)?.pid).toBe(process.pid)
})

test('a home whose server is just closing is waited for, but not for ever', async () => {
  const home = makeHome()
  const closing = lockHome(home)
  setTimeout(() => closing.release(), 150)
  const lock = await lockHomeWithin(home, 5_000)
  await expect(lockHomeWithin(home, 150)).rejects.toThrow(HomeInUseError)
  lock.release()
})

test('the lock of a dead process is stale', async () => {
  const home = makeHome()
  const dead = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const identity = readProcessIdentity(Number(dead.pid))
  dead.kill('SIGKILL')
  await once(dead, 'exit')
  writeFileSync(join(home, 'lock'), JSON.stringify(identity))
  lockHome(home)
  expect(readHomeLockOwner(home)?.pid).toBe(process.pid)
  expect(readdirSync(home)).toEqual(['lock'])
})

test.each([
  ['started at another time', { startTime: '1' }],
  ['ran before the machine was booted', { bootId: 'another-boot' }],
])('a lock is stale when the process of that pid %s', (_, difference) => {
  const home = makeHome()
  const mine = readProcessIdentity(process.pid) as ProcessIdentity
  writeFileSync(join(home, 'lock'), JSON.stringify({ ...mine, ...difference }))
  lockHome(home)
  expect(readFileSync(join(home, 'lock'), 'utf8')).toBe(JSON.stringify(mine))
})

test('a lock that was cut off in the middle of a write is stale', () => {
  const home = makeHome()
  writeFileSync(join(home, 'lock'), '{"pid":')
  lockHome(home)
  expect(readHomeLockOwner(home)?.pid).toBe(process.pid)
})

test('releasing does not take away the lock of a successor', () => {
  const home = makeHome()
  const lock = lockHome(home)
  const successor = JSON.stringify({ pid: 1, startTime: '1', bootId: 'x' })
  writeFileSync(join(home, 'lock'), successor)
  lock.release()
  expect(readFileSync(join(home, 'lock'), 'utf8')).toBe(successor)
})

test('a process is the same only while it lives', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const identity = readProcessIdentity(Number(child.pid)) as ProcessIdentity
  expect(isSameProcessAlive(identity)).toBe(true)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(isSameProcessAlive(identity)).toBe(false)
})
