/** `npm run -s temporal-cli`: finds or fetches the Temporal command line, as `npm start` does, and prints its path. */
import { pathToFileURL } from 'node:url'
import { prepare, root } from './prepare.mjs'

await prepare({ progress: process.stderr })
await import(pathToFileURL(`${root}/tools/dist/binaries/temporal-cli-main.js`).href)
