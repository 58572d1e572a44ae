import { spawnSync } from 'node:child_process'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode } from '../../src/services/error-code.ts'

/** A disk of a few megabytes that only one process and its children see: it disappears with them, whatever happens. */
export interface SmallDisk {
  /** Prefix for the command that should see it. */
  readonly wrapper: readonly string[]
}

/** Mounts in a namespace: root may do that, other users where the system allows user namespaces. */
const ways = [
  ['unshare', '--mount'],
  ['unshare', '--user', '--map-root-user', '--mount'],
] as const

/** Whether this system allows that. */
export function canMount(): boolean {
  return wayToMount() !== null
}

/** A disk of this many megabytes, mounted at `folder`. */
export function smallDisk(folder: string, megabytes: number): SmallDisk {
  const way = wayToMount()
  if (way === null) throw new Error('this system lets us mount nothing')
  const script = `mount -t tmpfs -o size=${megabytes}m,mode=700 tmpfs "$0" && exec "$@"`
  return { wrapper: [...way, 'sh', '-c', script, folder] }
}

function wayToMount(): readonly string[] | null {
  const works = ([command, ...words]: readonly string[]): boolean =>
    spawnSync(command ?? '', [...words, 'sh', '-c', 'mount -t tmpfs tmpfs /mnt']).status === 0
  return ways.find(works) ?? null
}

/** The contents of `folder` as the process sees it. */
export function seenBy(pid: number, folder: string): string {
  return `/proc/${pid}/root${folder}`
}

/** Fills the disk below `folder` to its last byte. @returns a function that frees the space */
export function fill(folder: string): () => void {
  const file = join(folder, 'fills-the-disk')
  const descriptor = openSync(file, 'w')
  const piece = Buffer.alloc(4_096)
  try {
    for (;;) writeSync(descriptor, piece)
  } catch (error) {
    if (errorCode(error) !== 'ENOSPC') throw error
  } finally {
    closeSync(descriptor)
  }
  return () => rmSync(file)
}
