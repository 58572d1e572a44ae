import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Folder of the documentation site; `null` if it is not built (`npm run docs`). */
export function findDocsFolder(): string | null {
  const folder = fileURLToPath(new URL('../../../../docs/dist', import.meta.url))
  return existsSync(`${folder}/index.html`) ? folder : null
}

/** Folder of the built web app beside this package; `null` if it is not built: then no page is served. */
export function findWebFolder(): string | null {
  // The same from `src` and from `dist`.
  const folder = fileURLToPath(new URL('../../../web/dist', import.meta.url))
  return existsSync(`${folder}/index.html`) ? folder : null
}
