/**
 * `npm run rehearsal`: builds, then runs the service as if on several machines and kills parts of it; pass flags after
 * `--`, `--help` lists them.
 */
import { pathToFileURL } from 'node:url'
import { prepare, root } from './prepare.mjs'
import { installSystemPackages, rehearsalPackages } from './system-packages.mjs'

if (!process.argv.includes('--help')) await installSystemPackages(rehearsalPackages)
await prepare()
await import(pathToFileURL(`${root}/tools/dist/rehearsal/main.js`).href)
