/** `npm run docs`: builds the documentation site into `docs/dist`, from which the API and the sample nginx serve it. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSite } from './build-site.ts'

// The same from `src` and from `dist`.
const root = fileURLToPath(new URL('../../../', import.meta.url))
const to = join(root, 'docs', 'dist')
/** Libraries usable on their own: their docstrings are their manual. */
const LIBRARIES = ['rockblock-client', 'packets', 'schedule']

const { pages, broken } = buildSite({ root, to })
const deno = join(root, 'node_modules', '.bin', 'deno')
const modules = LIBRARIES.map((name) => join('packages', name, 'src', 'mod.ts'))
execFileSync(deno, ['doc', '--html', '--name=Paikea', `--output=${join(to, 'reference')}`, ...modules], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'ignore'],
})
process.stdout.write(`${String(pages)} pages and the reference of ${LIBRARIES.join(', ')} are in ${to}\n`)
for (const link of broken) process.stderr.write(`leads nowhere: ${link}\n`)
process.exitCode = broken.length === 0 ? 0 : 1
