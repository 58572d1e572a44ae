/** `npm run fuzz`: feeds random input to the decoder, endlessly until something breaks; pass flags after `--`. */
import { spawnSync } from 'node:child_process'
import { npm, prepare, root } from './prepare.mjs'

await prepare({ everything: true })
const [command, commandArguments] = npm(['run', 'fuzz', '-w', 'packages/packets', '--', ...process.argv.slice(2)])
const { status } = spawnSync(command, commandArguments, { cwd: root, stdio: 'inherit' })
process.exit(status ?? 1)
