/**
 * `npm run paikea -- <command>`: the operator's command line. Without `PAIKEA_DB_URI` it uses the database in the data
 * folder of `npm start`.
 */
import { pathToFileURL } from 'node:url'
import { prepare, root } from './prepare.mjs'

await prepare({ progress: process.stderr })
await import(pathToFileURL(`${root}/packages/server/dist/main.js`).href)
