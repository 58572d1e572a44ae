/**
 * `npm run torture`: builds, then tests the system under kills and faults; pass flags after `--`, `--help` lists them.
 */
import { pathToFileURL } from 'node:url'
import { prepare, root } from './prepare.mjs'

await prepare()
await import(pathToFileURL(`${root}/tools/dist/torture/main.js`).href)
