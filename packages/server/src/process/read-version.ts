import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** The version of this package; works from `src` and from `dist`. */
export function readVersion(): string {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')))
  return version
}
