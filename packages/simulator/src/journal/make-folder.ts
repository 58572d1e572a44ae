import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'

/**
 * Makes a folder and those above it that are not there. Not by `recursive`: with that Node never comes back where a
 * folder that is there answers ENOENT, as `/proc` does.
 *
 * @throws the system's error, with `syscall` "mkdir"
 */
export function makeFolder(folder: string): void {
  const absolute = path.resolve(folder)
  if (existsSync(absolute)) return
  makeFolder(path.dirname(absolute))
  mkdirSync(absolute)
}
