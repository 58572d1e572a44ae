import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'

/** A real disk of a few kilobytes, mounted where only a process of its own sees it, and reached through that process. */
export interface SmallDisk {
  readonly folder: string
  /** Fills it up to so many bytes. @returns what makes room again */
  fill(leaveBytes: number): () => void
  remove(): Promise<void>
}

/** Root mounts in a namespace of its own; others where the system lets them be root of their own. */
const WAYS = [
  ['unshare', '--mount'],
  ['unshare', '--user', '--map-root-user', '--mount'],
] as const

const way = WAYS.find(
  ([command, ...words]) => spawnSync(command, [...words, 'sh', '-c', 'mount -t tmpfs tmpfs /mnt']).status === 0,
)

/** Whether this system lets us mount one. */
export const canMount = way !== undefined

/** Mounts it. */
export async function mountSmallDisk(kilobytes: number): Promise<SmallDisk> {
  const [command = '', ...words] = way ?? []
  const at = mkdtempSync(join(tmpdir(), 'paikea-disk-'))
  const script = `mount -t tmpfs -o size=${String(kilobytes)}k,mode=777 tmpfs "$0" && echo ready && exec cat`
  const child: ChildProcess = spawn(command, [...words, 'sh', '-c', script, at], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  if (child.stdout !== null) await Promise.race([once(child.stdout, 'data'), ended])
  if (child.exitCode !== null) throw new Error('the disk was not mounted')
  const folder = `/proc/${String(child.pid)}/root${at}`
  return {
    folder,
    fill(leaveBytes) {
      const file = join(folder, 'fills-the-disk')
      const descriptor = openSync(file, 'w')
      const { bavail, bsize } = statfsSync(folder)
      for (let left = bavail * bsize - leaveBytes; left > 0; left -= bsize) writeSync(descriptor, Buffer.alloc(bsize))
      closeSync(descriptor)
      return () => rmSync(file)
    },
    async remove() {
      child.stdin?.end()
      await ended
      rmSync(at, { recursive: true, force: true })
    },
  }
}
