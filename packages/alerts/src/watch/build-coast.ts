import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { COAST_FILE_NAME, writeLines } from './coast-file.ts'
import { readAtlas } from './read-atlas.ts'

// Run by `npm run build` after the compiler: `node dist/watch/build-coast.js`.
await writeFile(fileURLToPath(new URL(`../${COAST_FILE_NAME}`, import.meta.url)), writeLines(await readAtlas()))
