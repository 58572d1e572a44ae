/** `npm run fuzz-api [-- EXAMPLES]`: the live API under Schemathesis; needs python3 with pip. */
import { pathToFileURL } from 'node:url'
import { prepare, root } from './prepare.mjs'

await prepare({ progress: process.stderr })
await import(pathToFileURL(`${root}/tools/dist/api-fuzz/main.js`).href)
