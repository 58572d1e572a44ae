/** `npm run bench`: builds, then runs the benchmarks; pass flags after `--`, `--help` lists them. */
import { pathToFileURL } from 'node:url'
import { prepare, root } from './prepare.mjs'

await prepare({ everything: true })
await import(pathToFileURL(`${root}/tools/dist/bench/main.js`).href)
