/**
 * `npm test`: installs what the suite needs, builds, runs every test, and closes with `N passed, N failed, N skipped`.
 * What stands behind `--` goes to Jest: `npm test -- packages/packets`.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { prepare, root } from './prepare.mjs'
import { installSystemPackages } from './system-packages.mjs'

/** Longer than the suite ever takes; a test that hangs beyond Jest's own limit is ended by this. */
const limitMs = Number(process.env.PAIKEA_TEST_LIMIT_MINUTES ?? 50) * 60_000
/** All tests are done, and something still keeps the process alive: a leak, and a failure. */
const exitLimitMs = 30_000

await installSystemPackages()
await prepare({ everything: true })

const folder = mkdtempSync(join(tmpdir(), 'paikea-test-'))
const progressFile = join(folder, 'progress.json')
const jest = spawn(process.execPath, [join(root, 'node_modules/jest/bin/jest.js'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  // A group of its own, so that all of it can be ended.
  detached: true,
  env: { ...process.env, PAIKEA_TEST_PROGRESS: progressFile },
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => endJest(signal))

const startedAt = Date.now()
let problem = null
const watch = setInterval(() => {
  const { completedAt } = readProgress()
  if (Date.now() - startedAt > limitMs) problem = `the tests did not end within ${limitMs / 60_000} minutes`
  else if (completedAt !== null && Date.now() - completedAt > exitLimitMs) {
    problem = `all tests ended, but something still ran ${exitLimitMs / 1000} s later`
  }
  if (problem !== null) endJest('SIGKILL')
}, 1_000)

jest.on('error', (error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
jest.on('exit', (code) => {
  clearInterval(watch)
  const { passed, failed, skipped } = readProgress()
  rmSync(folder, { recursive: true, force: true })
  if (problem === null) process.exit(code ?? 1)
  process.stderr.write(`${problem}\n`)
  process.stdout.write(`${passed} passed, ${failed + 1} failed, ${skipped} skipped\n`)
  process.exit(1)
})

function endJest(signal) {
  try {
    process.kill(-Number(jest.pid), signal)
  } catch {
    // Gone already.
  }
}

/** What the reporter wrote last. */
function readProgress() {
  try {
    return JSON.parse(readFileSync(progressFile, 'utf8'))
  } catch {
    return { passed: 0, failed: 0, skipped: 0, completedAt: null }
  }
}
