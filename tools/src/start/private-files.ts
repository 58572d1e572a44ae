import { chmod, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../services/error-code.ts'

/** What the house keeps in its data folder. Whatever else lies there is not ours to touch. */
const OURS = /^(?:paikea\.db|temporal\.db)(?:-(?:wal|shm|journal))?$|^(?:simulator|run|logs|firmware)$/
const NOT_THE_OWNER = 0o077

/**
 * Takes the rights of everybody else off our files and folders in the data folder. A folder that was there before keeps its
 * own rights, and what an earlier start made in it could be read by all.
 */
export async function keepFilesPrivate(dataFolder: string): Promise<void> {
  for (const name of await readdir(dataFolder)) {
    if (!OURS.test(name)) continue
    await takeRights(join(dataFolder, name)).catch((error: unknown) => {
      // Gone since, or another user's: then it is not ours to change either.
      if (!['ENOENT', 'EPERM'].includes(errorCode(error) ?? '')) throw error
    })
  }
}

async function takeRights(path: string): Promise<void> {
  const { mode } = await stat(path)
  if ((mode & NOT_THE_OWNER) !== 0) await chmod(path, mode & 0o7777 & ~NOT_THE_OWNER)
}

/** From now on everything this process and its children make is the owner's alone. */
export function makeFilesPrivate(): void {
  process.umask(NOT_THE_OWNER)
}
