// What both launchers need before Node 24 can take over. Plain JavaScript for Node 20 and its own modules only: nothing
// is installed yet when this runs.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the checkout. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

const MODULES = join(ROOT, 'node_modules')
const STAMPS = join(MODULES, '.cache', 'graticule')
const LOCKFILE = join(ROOT, 'package-lock.json')
const WEB_APP = join(ROOT, 'apps', 'web')
const OLDEST_NODE = 20
const NODE_VERSION = 24

/** Everything that the built web app is made of. */
const WEB_SOURCES = [
  'apps/web/src',
  'apps/web/public',
  'apps/web/index.html',
  'apps/web/vite.config.ts',
  'apps/web/package.json',
  'packages/contract/src',
  'packages/policy/src',
  'package-lock.json',
]

/** Ends this process with one sentence that says what to do. */
export function leave(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

/** Prints a line about the work before the server or the tests. */
export function say(line) {
  process.stdout.write(`${line}\n`)
}

/** Leaves when this Node cannot even run the launcher. */
export function requireNode() {
  const major = Number(process.versions.node.split('.')[0])
  if (major >= OLDEST_NODE) return
  leave(
    `Graticule needs Node ${OLDEST_NODE} or newer to start; this is ${process.version}. Get it from https://nodejs.org.`,
  )
}

/** Installs the packages when there are none, or when the lockfile has changed since they were installed. */
export function ensurePackages() {
  const wanted = hashOf([LOCKFILE])
  const isMissing = !existsSync(MODULES)
  if (!isMissing && (readStamp('packages') === wanted || isInstalledByHand())) {
    writeStamp('packages', wanted)
    return
  }
  say(isMissing ? 'Installing packages …' : 'Installing packages, because the lockfile has changed …')
  const startedAt = Date.now()
  // Takes the versions of the lockfile and leaves it as it is. `npm ci` would refuse: it wants an entry for the optional
  // packages of every operating system, and not every registry has all of them.
  runNpm(['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'])
  writeStamp('packages', wanted)
  say(`Installed packages in ${secondsSince(startedAt)}.`)
}

/** Builds the web app when it is not there, or when its sources have changed since it was built. */
export function ensureWebApp(node) {
  const wanted = hashOf(WEB_SOURCES.map((path) => join(ROOT, path)))
  const target = join(WEB_APP, 'dist')
  if (existsSync(join(target, 'index.html')) && readStamp('web-app') === wanted) return
  say('Building the web app …')
  const startedAt = Date.now()
  // Built beside and then exchanged, so that neither a server that runs nor a build that is cut off sees half of it.
  const fresh = join(WEB_APP, `dist.${process.pid}`)
  const vite = join(MODULES, 'vite', 'bin', 'vite.js')
  const result = spawnSync(node, [vite, 'build', '--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn'], {
    cwd: WEB_APP,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (result.status !== 0) {
    rmSync(fresh, { recursive: true, force: true })
    leave('The web app could not be built; the reason stands above.')
  }
  const old = join(WEB_APP, `dist.old.${process.pid}`)
  if (existsSync(target)) renameSync(target, old)
  renameSync(fresh, target)
  rmSync(old, { recursive: true, force: true })
  writeStamp('web-app', wanted)
  say(`Built the web app in ${secondsSince(startedAt)}.`)
}

/** The program of Node 24, which comes as a package for each system. */
export function findNode() {
  const extension = process.platform === 'win32' ? '.exe' : ''
  const candidates = [
    join(MODULES, `node-${process.platform}-${process.arch}`, 'bin', `node${extension}`),
    join(MODULES, `node-bin-${process.platform}-${process.arch}`, 'bin', 'node'),
    join(MODULES, '.bin', `node${extension}`),
    process.execPath,
  ]
  const found = candidates.find((path) => existsSync(path) && majorVersion(path) >= NODE_VERSION)
  if (found) return found
  leave(
    `Graticule runs on Node ${NODE_VERSION}, which npm brings along for most systems but not for ${process.platform} on ${process.arch}. Install Node ${NODE_VERSION} from https://nodejs.org and start again.`,
  )
}

/** How long ago, for people. */
export function secondsSince(startedAt) {
  return `${((Date.now() - startedAt) / 1000).toFixed(1)} s`
}

/** npm writes this file last, so a newer one means that somebody installed these packages already. */
function isInstalledByHand() {
  const installed = join(MODULES, '.package-lock.json')
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(LOCKFILE).mtimeMs
}

function runNpm(args) {
  // npm must not run on the Node that it is about to replace.
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== join(MODULES, '.bin'))
  const result = spawnSync('npm', args, {
    cwd: ROOT,
    env: { ...process.env, PATH: path.join(delimiter) },
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (result.error) leave(`npm could not be started (${result.error.message}). It comes with Node: https://nodejs.org.`)
  if (result.status !== 0) leave(`npm ${args[0]} failed; the reason stands above. Check the network and start again.`)
}

function majorVersion(node) {
  const result = spawnSync(node, ['--version'], { encoding: 'utf8' })
  return Number(/^v(\d+)\./.exec(result.stdout ?? '')?.[1] ?? 0)
}

function readStamp(name) {
  const path = join(STAMPS, name)
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}

function writeStamp(name, value) {
  mkdirSync(STAMPS, { recursive: true })
  writeFileSync(join(STAMPS, name), value)
}

/** A fingerprint of files and of everything in folders: names and contents. */
function hashOf(paths) {
  const hash = createHash('sha256')
  const add = (path) => {
    if (!existsSync(path)) return
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) add(join(path, name))
      return
    }
    hash.update(relative(ROOT, path)).update('\0').update(readFileSync(path)).update('\0')
  }
  for (const path of paths) add(path)
  return hash.digest('hex')
}
