// npm run cli: hands a command of the administrator over to Node 24.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ensurePackages, findNode, leave, ROOT, requireNode } from './checkout.mjs'

requireNode()
ensurePackages()
const command = [join(ROOT, 'apps', 'server', 'src', 'cli.ts'), ...process.argv.slice(2)]
const { error, status } = spawnSync(findNode(), command, { stdio: 'inherit' })
if (error) leave(`The command could not be started: ${error.message}`)
process.exit(status ?? 1)
