/** `deno task start`: the starter from its source, after the web app was built if need be. */
import process from 'node:process'
import { prepareForDeno } from './prepare.mjs'

const wantsHelp = process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')
if (!wantsHelp) await prepareForDeno()
await import('./src/start/main.ts')
