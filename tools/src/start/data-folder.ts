import { makePrivateFolder } from '@paikea/server/private-folder'
import { errorCode } from '../services/error-code.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import { StartError } from './start-error.ts'

/**
 * Creates the data folder if needed, and locks it. Its contents are private: messages, Temporal's database, logs.
 *
 * @throws {StartError} if a living process holds it, or if it cannot be created or written
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
