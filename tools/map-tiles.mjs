/** `npm run map-tiles`: builds the base map; pass flags after `--`, `--help` lists them. */
import { pathToFileURL } from 'node:url'
import { prepare, root } from './prepare.mjs'

await prepare({ progress: process.stderr, everything: true })
await import(pathToFileURL(`${root}/tools/dist/map-tiles/main.js`).href)
