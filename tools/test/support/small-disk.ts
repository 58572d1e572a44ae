import { spawnSync } from 'node:child_process'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode } from '../../src/services/error-code.ts'

/** A disk of a few megabytes that only one process and its children see: gone when they are, whatever happens. */
export interface SmallDisk {
  /** Goes before the command that shall see it. */
  readonly wrapper: readonly string[]
}

/** Mounts in a namespace of its own; root may, and others where the system lets them be root of their own. */
const ways = [
  ['unshare', '--mount'],
  ['unshare', '--user', '--map-root-user', '--mount'],
] as const

/** Whether this system lets us have one. */
export function canMount(): boolean {
  return wayToMount() !== null
}

/** A disk of so many megabytes, mounted at `folder`. */
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

/** What is in `folder` as the process sees it. */
export function seenBy(pid: number, folder: string): string {
  return `/proc/${pid}/root${folder}`
}

/** Fills the disk below `folder` to its last byte. @returns what makes room again */
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
