/**
 * `npm start`: on a fresh clone installs and builds first, later only what changed, then hands over to the built
 * starter. Plain JavaScript without dependencies: it must run before there are any.
 */
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { prepare, root } from './prepare.mjs'

const wantsHelp = process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')
if (wantsHelp) {
  process.stdout.write(readFileSync(`${root}/tools/start-help.txt`, 'utf8'))
} else {
  await prepare()
  await import(pathToFileURL(`${root}/tools/dist/start/main.js`).href)
}
