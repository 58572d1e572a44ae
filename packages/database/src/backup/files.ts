import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

import { BackupError } from './backup-error.ts'

/**
 * Lets `make` write a file beside its destination, readable by its owner only, and renames it once it is complete and
 * flushed.
 *
 * @throws {BackupError} if the destination exists, and what `make` throws
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

/** Flushes a file, or the entries of a folder, to disk. */
export function flush(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
