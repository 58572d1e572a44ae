import { makePrivateFolder } from '@paikea/server/private-folder'
import { errorCode } from '../services/error-code.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import { StartError } from './start-error.ts'

/**
 * Makes the data folder where it is not there, and takes it. What lies in it is nobody else's: messages, Temporal's
 * database, logs.
 *
 * @throws {StartError} when a living process holds it, or when it cannot be made or written
 */
export async function takeDataFolder(folder: string): Promise<FolderLock> {
  try {
    await makePrivateFolder(folder)
    return await lockFolder(folder)
  } catch (error) {
    const code = errorCode(error)
    if (code === null) throw error
    throw new StartError(`${folder} cannot be the data folder: ${reasons[code] ?? code}; choose another with --data`)
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'you have no permission to write there',
  EPERM: 'you have no permission to write there',
  EROFS: 'its file system is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'it, or a parent in its path, is not a folder',
  ENOENT: 'the system cannot create folders or files there',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its links form a loop',
}
