/**
 * `npm start`: on a fresh clone installs and builds first, later only what changed, then hands over to the built starter.
 * Plain JavaScript without dependencies: it must run before there are any.
 */
import { pathToFileURL } from 'node:url'
import { prepare, root } from './prepare.mjs'

const wantsHelp = process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')
await prepare({ quiet: wantsHelp })
await import(pathToFileURL(`${root}/tools/dist/start/main.js`).href)
