import { existsSync, mkdirSync, statSync } from 'node:fs'
import path from 'node:path'

/**
 * Makes a folder and those above it that are not there. Not by `recursive`: with that Node never comes back where a
 * folder that is there answers ENOENT, as `/proc` does.
 *
 * @throws the system's error, with `syscall` "mkdir"
 */
export function makeFolder(folder: string): void {
  const absolute = path.resolve(folder)
  if (isFolder(absolute)) return
  const above = path.dirname(absolute)
  // A drive that is not there is above itself.
  if (above !== absolute) makeFolder(above)
  try {
    mkdirSync(absolute)
  } catch (error) {
    // Another process may have been quicker.
    if (!isFolder(absolute)) throw error
  }
}

function isFolder(absolute: string): boolean {
  return existsSync(absolute) && statSync(absolute).isDirectory()
}
