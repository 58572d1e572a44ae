/** `deno task start`: runs the starter from source, after building the web app if needed. */
import process from 'node:process'
import { prepareForDeno } from './prepare.mjs'

const wantsHelp = process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')
if (!wantsHelp) await prepareForDeno()
await import('./src/start/main.ts')
