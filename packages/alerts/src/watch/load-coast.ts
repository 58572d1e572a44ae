import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Coast, createCoast } from '../judge/coast.ts'
import { COAST_FILE_NAME, readLines } from './coast-file.ts'

/**
 * The land of the whole world from Natural Earth, 1:10 million: in places a kilometre or two off the real coast,
 * without small islets, piers and most river mouths. Compiled code uses the file built beside it (about 5 MB of
 * memory), source reads the atlas.
 */
export async function loadCoast(): Promise<Coast> {
  const built = fileURLToPath(new URL(`../${COAST_FILE_NAME}`, import.meta.url))
  if (import.meta.url.endsWith('.js') && existsSync(built)) return createCoast(readLines(await readFile(built)))
  const { readAtlas } = await import('./read-atlas.ts')
  return createCoast(await readAtlas())
}
