import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

import { BackupError } from './backup-error.ts'

/**
 * Lets `make` write a file beside its place, readable by its owner alone, and puts it there once it is whole and on the disk.
 *
 * @throws {BackupError} if something is in its place, and what `make` throws
 */
export async function writeWhole(file: string, make: (partial: string) => Promise<void>): Promise<void> {
  if (existsSync(file)) throw new BackupError(`${file} already exists: choose another name`)
  const partial = `${file}.partial`
  try {
    await rm(partial, { force: true })
    closeSync(openSync(partial, 'wx', 0o600))
    await make(partial)
    flush(partial)
    await rename(partial, file)
    flush(dirname(file))
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

/** Waits until a file, or the names in a folder, are on the disk. */
export function flush(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
