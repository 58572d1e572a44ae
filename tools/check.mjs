/** `npm run check`: format, lint with the import walls, types, fast tests. All of them, even if one fails; the last line sums up. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
if (!existsSync(`${root}/node_modules/.bin/jest`)) {
  process.stderr.write('node_modules is missing: run `npm ci` first\n')
  process.exit(1)
}

/** @type {[string, string[]][]} */
const steps = [
  ['format', ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.']],
  ['lint', ['node_modules/oxlint/bin/oxlint', '--type-aware', '--quiet']],
  ['types', ['node_modules/typescript/bin/tsc', '-b']],
  ['fast tests', ['node_modules/jest/bin/jest.js', '--selectProjects', 'fast', '--silent']],
]

const failed = []
for (const [name, command] of steps) {
  const startedAt = Date.now()
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' })
  process.stdout.write(
    `${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)\n`,
  )
  if (status !== 0) failed.push(name)
}
if (failed.length > 0) process.stderr.write(`check failed: ${failed.join(', ')}\n`)
process.exit(failed.length > 0 ? 1 : 0)
