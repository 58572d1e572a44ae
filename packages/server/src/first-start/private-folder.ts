import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Creates a folder and its missing parents, private to the owner.
 *
 * Not by `mkdir` with `recursive`: that never returns if an existing folder answers ENOENT, as `/proc` does.
 *
 * @throws the system's error, with its `code`; `ENOTDIR` if something else has that name
 */
export async function makePrivateFolder(folder: string): Promise<void> {
  const missing: string[] = []
  for (let above = folder; !(await isThere(above)); above = dirname(above)) missing.unshift(above)
  for (const one of missing) {
    await mkdir(one, { mode: 0o700 }).catch((error: unknown) => {
      // Another process was faster; whether it made a folder is checked below.
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
