import { existsSync, mkdirSync, statSync } from 'node:fs'
import path from 'node:path'

/**
 * Creates a folder and its missing parents. Not by `recursive`: with that, Node never returns if an existing folder
 * answers ENOENT, as `/proc` does.
 *
 * @throws the system's error, with `syscall` "mkdir"
 */
export function makeFolder(folder: string): void {
  const absolute = path.resolve(folder)
  if (isFolder(absolute)) return
  const above = path.dirname(absolute)
  // A missing drive is its own parent.
  if (above !== absolute) makeFolder(above)
  try {
    mkdirSync(absolute)
  } catch (error) {
    // Another process may have been faster.
    if (!isFolder(absolute)) throw error
  }
}

function isFolder(absolute: string): boolean {
  return existsSync(absolute) && statSync(absolute).isDirectory()
}
