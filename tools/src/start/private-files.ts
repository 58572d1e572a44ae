import { chmod, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../services/error-code.ts'

/** Our own files in the data folder. Everything else in it is left alone. */
const OURS = /^(?:paikea\.db|temporal\.db)(?:-(?:wal|shm|journal))?$|^(?:simulator|run|logs|firmware)$/
const NOT_THE_OWNER = 0o077

/**
 * Restricts our files in the data folder to their owner: an earlier start may have left them readable by all. A folder
 * that existed before keeps its own permissions.
 */
export async function keepFilesPrivate(dataFolder: string): Promise<void> {
  for (const name of await readdir(dataFolder)) {
    if (!OURS.test(name)) continue
    await takeRights(join(dataFolder, name)).catch((error: unknown) => {
      // Deleted meanwhile, or another user's: then it is not ours to change.
      if (!['ENOENT', 'EPERM'].includes(errorCode(error) ?? '')) throw error
    })
  }
}

async function takeRights(path: string): Promise<void> {
  const { mode } = await stat(path)
  if ((mode & NOT_THE_OWNER) !== 0) await chmod(path, mode & 0o7777 & ~NOT_THE_OWNER)
}

/** From now on, everything this process and its children create is private to the owner. */
export function makeFilesPrivate(): void {
  process.umask(NOT_THE_OWNER)
}
