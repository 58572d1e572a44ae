import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ConfigError } from '../config/config-error.ts'

/**
 * Reads a file that only its owner may read, or creates it. If several processes start at once, one creates it and all
 * get the same text. It is flushed to disk before it is returned, because its content is given to third parties.
 *
 * @throws {ConfigError} if the file is empty
 */
export async function readOrMakePrivate(file: string, make: () => string): Promise<{ text: string; isNew: boolean }> {
  const present = await readPrivate(file)
  if (present !== null) return { text: present, isNew: false }
  const text = make()
  if (await writePrivate(file, text)) return { text, isNew: true }
  const made = await readPrivate(file)
  if (made === null)
    throw new ConfigError([{ variable: file, problem: 'is empty: remove it, and a new one is generated' }])
  return { text: made, isNew: false }
}

/** Writes a file with mode 0600, never over an existing one. @returns whether it was written */
export async function writePrivate(file: string, text: string): Promise<boolean> {
  await mkdir(dirname(file), { recursive: true })
  const aside = `${file}.${randomUUID()}`
  try {
    const handle = await open(aside, 'wx', 0o600)
    try {
      await handle.writeFile(`${text}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await link(aside, file)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    await rm(aside, { force: true })
  }
}

/** @returns the file's content; `null` if it does not exist or is empty */
export async function readPrivate(file: string): Promise<string | null> {
  try {
    const text = (await readFile(file, 'utf8')).trim()
    return text === '' ? null : text
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : null
}
