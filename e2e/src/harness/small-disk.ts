import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmdirSync, rmSync, statfsSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

/** A file system of its own, small enough to be filled. */
export interface SmallDisk {
  /** Its empty root; servers reach it by this path too. */
  readonly path: string
  remove(): Promise<void>
}

const MEGABYTE = 1 << 20
/** The variable that names a small disk where none can be mounted. */
const DISK_VARIABLE = 'GRATICULE_TEST_DISK'
/** A larger disk takes too long to fill, and is more likely one that somebody needs. */
const MAX_SIZE_FACTOR = 3

/**
 * A disk of that many megabytes, in this order: the one that `GRATICULE_TEST_DISK` names, one that root mounts, one in a
 * mount namespace that the kernel lets anybody make. Throws one sentence that says what to do where none is to be had.
 */
export async function openSmallDisk(sizeMb: number): Promise<SmallDisk> {
  const named = process.env[DISK_VARIABLE]
  if (named) return takeNamedDisk(resolve(named), sizeMb)
  const folder = mkdtempSync(join(tmpdir(), 'graticule-e2e-disk-'))
  const disk = mountAsRoot(folder, sizeMb) ?? (await mountInNamespace(folder, sizeMb))
  if (disk) return disk
  rmdirSync(folder)
  throw new Error(
    `A disk that fills up needs the right to mount: run as root with CAP_SYS_ADMIN, let users make namespaces (kernel.unprivileged_userns_clone=1), or name an empty file system of ${sizeMb} MB in ${DISK_VARIABLE}, in a container with --tmpfs /small-disk:size=${sizeMb}m -e ${DISK_VARIABLE}=/small-disk.`,
  )
}

/** What is on the disk afterwards is ours, because it was empty before. */
function takeNamedDisk(path: string, sizeMb: number): SmallDisk {
  const { blocks, bsize } = statfsSync(path)
  const foundMb = Math.round((blocks * bsize) / MEGABYTE)
  const isOwnDisk = statSync(path).dev !== statSync(dirname(path)).dev
  const empty = (): string[] => readdirSync(path).filter((name) => name !== 'lost+found')
  if (!isOwnDisk || foundMb < sizeMb || foundMb > sizeMb * MAX_SIZE_FACTOR || empty().length > 0) {
    throw new Error(
      `${DISK_VARIABLE} must name an empty file system of ${sizeMb} to ${sizeMb * MAX_SIZE_FACTOR} MB; ${path} ${isOwnDisk ? `has ${foundMb} MB and ${empty().length} entries` : 'is a folder of a larger one'}.`,
    )
  }
  return {
    path,
    remove: async () => {
      for (const name of empty()) rmSync(join(path, name), { recursive: true, force: true })
    },
  }
}

function mountAsRoot(folder: string, sizeMb: number): SmallDisk | null {
  if (process.getuid?.() !== 0) return null
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m,mode=0700`, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    // A container whose root may not mount.
    return null
  }
  return {
    path: folder,
    remove: async () => {
      execFileSync('umount', ['--lazy', folder])
      rmdirSync(folder)
    },
  }
}

/**
 * The disk lives as long as a shell in a namespace of its own, which ends when its input does, so it goes with us
 * however we end. Others reach it through that shell's root.
 */
async function mountInNamespace(folder: string, sizeMb: number): Promise<SmallDisk | null> {
  const script = `mount -t tmpfs -o size=${sizeMb}m,mode=0700 tmpfs "$1" && echo mounted && read -r _`
  const holder = spawn('unshare', ['--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh', folder], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  if (!(await printsSomething(holder))) return null
  return {
    path: join(`/proc/${holder.pid}/root`, folder),
    remove: async () => {
      const hasEnded = once(holder, 'exit')
      holder.stdin?.end()
      await hasEnded
      rmdirSync(folder)
    },
  }
}

/** False when the program ends first, or was never there. */
function printsSomething(child: ChildProcess): Promise<boolean> {
  return new Promise((tell) => {
    child.stdout?.once('data', () => tell(true))
    child.once('close', () => tell(false))
    child.once('error', () => tell(false))
  })
}
