// npm start: installs and builds what is missing, then runs the server on Node 24 in the foreground.
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { ensurePackages, ensureWebApp, findNode, leave, ROOT, requireNode } from './checkout.mjs'

requireNode()
ensurePackages()
const node = findNode()
ensureWebApp(node)

// The server stops when this channel closes: whoever kills the launcher leaves no server behind.
// Most of what a tile server allocates is garbage of one request: a small young generation keeps a third of the memory,
// and an old one that is collected after it has grown by a fifth, not by half and more, a tenth.
const flags = ['--max-semi-space-size=4', '--heap-growing-percent=20']
const server = spawn(node, [...flags, join(ROOT, 'apps', 'server', 'src', 'main.ts')], {
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  // Tiles are buffers outside of the heap: glibc keeps freed ones in an arena for each thread unless there are few.
  env: { MALLOC_ARENA_MAX: '2', ...process.env },
})
server.once('error', (error) => leave(`The server could not be started: ${error.message}`))
server.once('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal))

// A signal to npm ends npm, and perhaps the shell that it starts scripts with, but does not always come through to here.
const parent = process.ppid
const npm = findNpmAboveShell(parent)
const watch = setInterval(() => {
  if (process.ppid === parent && (npm === null || isAlive(npm))) return
  clearInterval(watch)
  server.kill('SIGTERM')
}, 200)

/** The process of npm when a shell stands between it and this one; null when there is none to watch. */
function findNpmAboveShell(pid) {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return null
  const { name, parent: above } = describeProcess(pid)
  return /^(?:.*\/)?-?(?:sh|dash|bash|zsh|ash|busybox)$/.test(name) && above > 1 ? above : null
}

function describeProcess(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const end = stat.lastIndexOf(')')
    return { name: stat.slice(stat.indexOf('(') + 1, end), parent: Number(stat.slice(end + 2).split(' ')[1]) }
  } catch {
    const answer = spawnSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' })
    const [, above = '0', name = ''] = /^\s*(\d+)\s+(.*?)\s*$/.exec(answer.stdout ?? '') ?? []
    return { name, parent: Number(above) }
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
