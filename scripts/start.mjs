// npm start: installs and builds what is missing, then runs the server on Node 24 in the foreground.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { ensurePackages, ensureWebApp, findNode, leave, ROOT, requireNode } from './checkout.mjs'

requireNode()
ensurePackages()
const node = findNode()
ensureWebApp(node)

// The server ends when this channel closes: whoever kills the launcher leaves no server behind.
const server = spawn(node, [join(ROOT, 'apps', 'server', 'src', 'main.ts')], {
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
})
server.once('error', (error) => leave(`The server could not be started: ${error.message}`))
server.once('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal))

// npm passes signals on, except the one that kills it; then this process belongs to somebody else.
const parent = process.ppid
setInterval(() => {
  if (process.ppid !== parent) process.exit(1)
}, 200).unref()
