import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../services/error-code.ts'
import { startMark } from './process-identity.ts'
import { StartError } from './start-error.ts'

/** A data folder locked by this process. */
export interface FolderLock {
  /** The previous holder ended without releasing it: its parts may still be ending. */
  readonly wasAbandoned: boolean
  release(): Promise<void>
}

interface Holder {
  readonly pid: number
  readonly mark: string | null
  readonly token: string
}

/**
 * Locks a data folder, so that two starts never share it. A dead holder's lock does not block, however it died: the
 * file names process id and start time, and both must match a living process.
 *
 * @throws {StartError} if a living process holds it
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const file = join(folder, 'paikea.lock')
  const mine: Holder = { pid: process.pid, mark: await startMark(process.pid), token: randomUUID() }
  const text = JSON.stringify(mine)
  let wasAbandoned = false
  for (let attempt = 0; attempt < 10; attempt += 1) {
    if (await createExclusively(file, mine.token, text)) {
      return { wasAbandoned, release: () => releaseIfMine(file, mine.token) }
    }
    const holder = await readHolder(file)
    if (holder === 'gone') continue
    if (holder !== 'unreadable' && holder.mark !== null && (await startMark(holder.pid)) === holder.mark) {
      throw new StartError(
        `${folder} is in use by process ${holder.pid}: stop that one, or choose another folder with --data`,
      )
    }
    wasAbandoned = true
    await removeAbandoned(file, mine.token, holder === 'unreadable' ? null : holder.token)
  }
  throw new StartError(`${file} cannot be taken: remove it if no Paikea is running here`)
}

async function createExclusively(file: string, token: string, text: string): Promise<boolean> {
  // Written aside and linked: nobody ever sees half a lock file.
  const aside = `${file}.${token}`
  try {
    await writeFile(aside, text)
    await link(aside, file)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  } finally {
    await rm(aside, { force: true })
  }
}

async function readHolder(file: string): Promise<Holder | 'gone' | 'unreadable'> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch {
    return 'gone'
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return 'unreadable'
    const { pid, mark, token } = value as Partial<Record<keyof Holder, unknown>>
    if (typeof pid !== 'number' || typeof token !== 'string') return 'unreadable'
    return { pid, mark: typeof mark === 'string' ? mark : null, token }
  } catch {
    return 'unreadable'
  }
}

/**
 * Removes the file by renaming it, which only one of several processes can do; if it turns out to be a fresh lock, it
 * is put back.
 */
async function removeAbandoned(file: string, own: string, token: string | null): Promise<void> {
  const away = `${file}.${own}.old`
  try {
    await rename(file, away)
  } catch {
    return
  }
  const taken = await readHolder(away)
  if (taken !== 'gone' && taken !== 'unreadable' && taken.token !== token) await link(away, file).catch(() => undefined)
  await rm(away, { force: true })
}

async function releaseIfMine(file: string, token: string): Promise<void> {
  const holder = await readHolder(file)
  if (holder !== 'gone' && holder !== 'unreadable' && holder.token === token) await unlink(file).catch(() => undefined)
}
