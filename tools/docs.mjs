/** `npm run docs`: builds the documentation site. */
import { pathToFileURL } from 'node:url'
import { prepare, root } from './prepare.mjs'

await prepare({ progress: process.stderr })
await import(pathToFileURL(`${root}/tools/dist/docs-site/main.js`).href)
