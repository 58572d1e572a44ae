/**
 * `npm run check`: format, lint with the import walls, types, fast tests. Runs them all even if one fails; failures
 * show their output, and the last line sums up. Nx caches the tests of unchanged packages: a second run takes seconds.
 */
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './prepare.mjs'

if (!existsSync(join(root, 'node_modules/.bin/jest'))) {
  process.stderr.write('node_modules is missing: run `npm ci` first\n')
  process.exit(1)
}

const prettierCache = ['--cache', '--cache-location', '.cache/prettier']
// Each has two workers of its own: the tests spend most of their time waiting.
const parallel = `--parallel=${availableParallelism()}`
/** @type {[string, string[]][]} */
const steps = [
  ['format', ['node_modules/prettier/bin/prettier.cjs', '--check', ...prettierCache, '--log-level', 'warn', '.']],
  ['lint', ['node_modules/oxlint/bin/oxlint', '--type-aware', '--quiet']],
  ['types', ['node_modules/typescript/bin/tsc', '-b']],
]
/** @type {[string, string[]]} */
const tests = [
  'fast tests',
  ['node_modules/nx/dist/bin/nx.js', 'run-many', '-t', 'test', parallel, '--outputStyle=static'],
]

const results = [...(await Promise.all(steps.map(run))), await run(tests)]
const failed = results.filter((result) => !result.isGood).map((result) => result.name)
process.stdout.write(failed.length === 0 ? 'check passed\n' : `check failed: ${failed.join(', ')}\n`)
process.exit(failed.length === 0 ? 0 : 1)

/** @param {[string, string[]]} step */
async function run([name, command]) {
  const startedAt = Date.now()
  const env = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NX_NO_CLOUD: 'true' }
  const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  const code = await new Promise((resolve) => child.on('close', resolve))
  const isGood = code === 0
  if (!isGood) process.stdout.write(`${output}\n`)
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
  process.stdout.write(`${isGood ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n`)
  return { name, isGood }
}
