/**
 * `npm run check-exports`: feeds exported tracks to the programs that read them; needs gpsbabel, ogrinfo (gdal-bin) and
 * python3 with pip.
 */
import { pathToFileURL } from 'node:url'
import { prepare, root } from './prepare.mjs'

await prepare({ progress: process.stderr })
await import(pathToFileURL(`${root}/tools/dist/export-checks/main.js`).href)
