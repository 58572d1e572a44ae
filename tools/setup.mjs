/** `npm run setup`: for a real installation. Installs the packages that running needs, builds them and the documentation. */
import { pathToFileURL } from 'node:url'
import { prepare, root } from './prepare.mjs'

await prepare()
process.stdout.write('building the documentation …\n')
await import(pathToFileURL(`${root}/tools/dist/docs-site/main.js`).href)
