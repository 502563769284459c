// The programs that tests drive, where they are found, and how to get them.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { leave, say } from './checkout.mjs'

const POSTGRESQL = '/usr/lib/postgresql'
const POSTGRESQL_SHARE = '/usr/share/postgresql'

/** Each program: whether this machine has it, and the Debian packages that bring it. */
const PROGRAMS = {
  postgresql: {
    isThere: () => hasInVersions(POSTGRESQL, 'bin/initdb') || hasCommand('initdb'),
    packages: ['postgresql'],
  },
  postgis: {
    isThere: () => hasInVersions(POSTGRESQL_SHARE, 'extension/postgis.control') || hasPostgisElsewhere(),
    packages: ['postgresql', 'postgresql-postgis'],
  },
  pgbouncer: { isThere: () => hasCommand('pgbouncer'), packages: ['pgbouncer'] },
  redis: { isThere: () => hasCommand('redis-server'), packages: ['redis-server'] },
  nginx: { isThere: () => hasCommand('nginx'), packages: ['nginx-light'] },
  openssl: { isThere: () => hasCommand('openssl'), packages: ['openssl'] },
  slapd: { isThere: () => hasCommand('slapd') && hasCommand('ldapmodify'), packages: ['slapd', 'ldap-utils'] },
  git: { isThere: () => hasCommand('git'), packages: ['git'] },
  // Samples of the Developers page are run as they stand there.
  curl: { isThere: () => hasCommand('curl'), packages: ['curl'] },
  chromium: {
    isThere: () =>
      existsSync(process.env.CHROMIUM_PATH ?? '') ||
      ['chromium', 'chromium-browser', 'google-chrome'].some(hasCommand) ||
      existsSync('/Applications/Google Chrome.app'),
    packages: ['chromium'],
  },
}

/** All that any lane can need. */
export const ALL_PROGRAMS = Object.keys(PROGRAMS)

/**
 * Makes sure that the programs are on this machine: installs what is missing when running as root on Debian or Ubuntu,
 * and otherwise leaves with the command that does it.
 */
export function ensurePrograms(names) {
  const missing = names.filter((name) => !PROGRAMS[name].isThere())
  if (missing.length === 0) return
  const packages = [...new Set(missing.flatMap((name) => PROGRAMS[name].packages))]
  const install = ['apt-get', 'install', '--yes', '--no-install-recommends', ...packages]
  if (!isDebian()) {
    leave(`These tests need ${missing.join(', ')}, which this machine lacks. Install them and start again.`)
  }
  if (process.getuid?.() !== 0) {
    leave(`These tests need ${missing.join(', ')}. Install them with: sudo apt-get update && sudo ${install.join(' ')}`)
  }
  say(`Installing ${packages.join(', ')} for the tests …`)
  run('apt-get', ['update', '--quiet'])
  run('apt-get', install.slice(1))
  const stillMissing = names.filter((name) => !PROGRAMS[name].isThere())
  if (stillMissing.length > 0) {
    leave(
      `apt-get installed ${packages.join(', ')}, but ${stillMissing.join(', ')} cannot be found where the tests look.`,
    )
  }
}

function run(command, args) {
  const result = spawnSync(command, args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (result.status !== 0) leave(`${command} ${args[0]} failed; the reason stands above.`)
}

function isDebian() {
  if (!existsSync('/etc/os-release')) return false
  return /^(?:ID|ID_LIKE)=.*(?:debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'))
}

function hasCommand(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders.some((folder) => existsSync(join(folder, name)))
}

function hasInVersions(root, path) {
  return existsSync(root) && readdirSync(root).some((version) => existsSync(join(root, version, path)))
}

/** Outside of Debian's layout, PostgreSQL itself says where its extensions lie. */
function hasPostgisElsewhere() {
  const answer = spawnSync('pg_config', ['--sharedir'], { encoding: 'utf8' })
  return answer.status === 0 && existsSync(join(answer.stdout.trim(), 'extension/postgis.control'))
}
