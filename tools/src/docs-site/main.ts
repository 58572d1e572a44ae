/** `npm run docs`: builds the documentation site into `docs/dist`, from which the API and the sample nginx serve it. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { buildSite } from './build-site.ts'

// The same from `src` and from `dist`.
const root = fileURLToPath(new URL('../../../', import.meta.url))
const to = join(root, 'docs', 'dist')
/** Libraries usable on their own: their docstrings are their manual. */
const LIBRARIES = ['rockblock-client', 'packets', 'schedule']
const MANIFEST = z.object({ devDependencies: z.object({ deno: z.string() }) })

const { pages, broken } = buildSite({ root, to })
const modules = LIBRARIES.map((name) => join('packages', name, 'src', 'mod.ts'))
const [deno, before] = denoLine()
const line = [...before, 'doc', '--html', '--name=Paikea', `--output=${join(to, 'reference')}`, ...modules]
const { status, error, stderr } = spawnSync(deno, line, { cwd: root, encoding: 'utf8' })
if (status !== 0) {
  process.stderr.write(`deno could not build the reference: ${error?.message ?? stderr}\n`)
  process.exit(1)
}
process.stdout.write(`${String(pages)} pages and the reference of ${LIBRARIES.join(', ')} are in ${to}\n`)
for (const link of broken) process.stderr.write(`leads nowhere: ${link}\n`)
process.exitCode = broken.length === 0 ? 0 : 1

/** Deno and its first words. Only development installs it: elsewhere npm fetches the same version, for this once. */
function denoLine(): readonly [string, readonly string[]] {
  const installed = join(root, 'node_modules', '.bin', 'deno')
  if (existsSync(installed)) return [installed, []]
  const { devDependencies } = MANIFEST.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  return ['npm', ['exec', '--yes', `--package=deno@${devDependencies.deno}`, '--', 'deno']]
}
