import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder, and those above it that are not there, for their owner alone.
 *
 * Not by `mkdir` with `recursive`: that one never ends where a folder that is there answers ENOENT, as `/proc` does.
 *
 * @throws the system's error, with its `code`; `ENOTDIR` when something else is there already
 */
export async function makePrivateFolder(folder: string): Promise<void> {
  const missing: string[] = []
  for (let above = folder; !(await isThere(above)); above = dirname(above)) missing.unshift(above)
  for (const one of missing) {
    await mkdir(one, { mode: 0o700 }).catch((error: unknown) => {
      // Another process was quicker; whether it made a folder is seen below.
      if (codeOf(error) !== 'EEXIST') throw error
    })
  }
  if ((await stat(folder)).isDirectory()) return
  throw Object.assign(new Error(`${folder} is not a folder`), { code: 'ENOTDIR' })
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT' && dirname(path) !== path) return false
    throw error
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : null
}
