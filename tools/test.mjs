/**
 * `npm test`: installs what the suite needs, builds, runs every test, and ends with `N passed, N failed, N skipped`.
 * Arguments after `--` go to Jest: `npm test -- packages/packets`. On a version of Node other than the recommended one,
 * a whole run uses the recommended one for the fast tests and a whole system, and its own for the tests with services;
 * `npm run test:runtimes` runs everything on each.
 *
 * If a few suites with real services fail, they are run once more on their own: a machine that stalled for a while is
 * not their fault. What passes only then is listed at the end, since it may be a race after all.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { prepare, root } from './prepare.mjs'
import { environmentOf, nodeOf, RECOMMENDED_NODE, smoke } from './runtimes.mjs'
import { installSystemPackages } from './system-packages.mjs'

/** Longer than the suite ever takes; ends a test that hangs beyond Jest's own limit. */
const limitMs = Number(process.env.PAIKEA_TEST_LIMIT_MINUTES ?? 50) * 60_000
/** If all tests are done and the process still lives after this, something leaks: a failure. */
const EXIT_LIMIT_MS = 30_000

await installSystemPackages()
await prepare({ everything: true })
// The last suites' dependencies download while the first ones run; a suite that gets there sooner waits.
spawn(process.execPath, [join(root, 'tools/dist/binaries/fetch-python-main.js')], { stdio: 'ignore' }).unref()

/** If more than these fail, a second run will not help. */
const MAX_SUITES_AGAIN = 4

const given = process.argv.slice(2)
const isWhole = given.length === 0 && process.versions.node.split('.')[0] !== RECOMMENDED_NODE
finish(isWhole ? await runOnBoth() : await runSuite(given))

/** Runs Jest; failed suites with services are run once more. */
async function runSuite(words) {
  const first = await runJest(words)
  const again = suitesToRunAgain(first)
  if (again.length === 0) return first
  process.stdout.write(`\nonce more, by themselves:\n${again.map((file) => `  ${relative(root, file)}\n`).join('')}\n`)
  const second = await runJest(['--selectProjects', 'int', '--runTestsByPath', ...again])
  if (second.code === 0) {
    const names = again.map((file) => relative(root, file)).join(', ')
    process.stdout.write(`passed only the second time, look into it: ${names}\n`)
  }
  return { ...first, code: second.code, failed: second.failed, passed: first.passed + first.failed - second.failed }
}

/**
 * The fast tests and a whole system on the recommended version, in parallel; then everything with services on this one.
 */
async function runOnBoth() {
  process.stdout.write(`\nfast tests and a whole system on Node ${RECOMMENDED_NODE}:\n`)
  const node = await nodeOf(RECOMMENDED_NODE)
  const [fast, isSystemGood] = await Promise.all([runJest(['--selectProjects', 'fast'], node), smoke(node)])
  const system = isSystemGood ? 'took a message' : 'FAILED'
  process.stdout.write(
    `Node ${RECOMMENDED_NODE}: ${fast.passed} fast tests passed, ${fast.failed} failed; the system ${system}\n\n` +
      `tests with services on Node ${process.versions.node}:\n`,
  )
  const int = await runSuite(['--selectProjects', 'int'])
  return {
    code: fast.code === 0 && isSystemGood && int.code === 0 ? 0 : 1,
    passed: fast.passed + int.passed + (isSystemGood ? 1 : 0),
    failed: fast.failed + int.failed + (isSystemGood ? 0 : 1),
    skipped: fast.skipped + int.skipped,
  }
}

function finish({ code, passed, failed, skipped }) {
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`)
  process.exit(code)
}

function suitesToRunAgain({ code, failed, skipped, failedFiles, problem }) {
  const isForServices = failedFiles.every((file) => file.includes('.int.test.'))
  if (code === 0 || failed === 0 || skipped > 0 || problem !== null || !isForServices) return []
  return failedFiles.length <= MAX_SUITES_AGAIN ? failedFiles : []
}

/** Runs Jest to completion, or to the time limit. */
function runJest(args, node = process.execPath) {
  const folder = mkdtempSync(join(tmpdir(), 'paikea-test-'))
  const progressFile = join(folder, 'progress.json')
  const jest = spawn(node, [join(root, 'node_modules/jest/bin/jest.js'), ...args], {
    cwd: root,
    stdio: 'inherit',
    // Its own process group, so that all of it can be killed.
    detached: true,
    env: { ...environmentOf(node), PAIKEA_TEST_PROGRESS: progressFile },
  })
  const end = (signal) => {
    try {
      process.kill(-Number(jest.pid), signal)
    } catch {
      // Already gone.
    }
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, end)
  const startedAt = Date.now()
  let problem = null
  const watch = setInterval(() => {
    const { completedAt } = readProgress(progressFile)
    if (Date.now() - startedAt > limitMs) problem = `the tests did not end within ${limitMs / 60_000} minutes`
    else if (completedAt !== null && Date.now() - completedAt > EXIT_LIMIT_MS) {
      problem = `all tests ended, but something still ran ${EXIT_LIMIT_MS / 1000} s later`
    }
    if (problem !== null) end('SIGKILL')
  }, 1_000)
  return new Promise((resolve) => {
    jest.on('error', (error) => {
      process.stderr.write(`${error.message}\n`)
      process.exit(1)
    })
    jest.on('exit', (code) => {
      clearInterval(watch)
      for (const signal of signals) process.off(signal, end)
      const progress = readProgress(progressFile)
      rmSync(folder, { recursive: true, force: true })
      if (problem !== null) process.stderr.write(`${problem}\n`)
      const failed = progress.failed + (problem === null ? 0 : 1)
      resolve({ ...progress, failed, problem, code: problem === null ? (code ?? 1) : 1 })
    })
  })
}

/** The reporter's latest output. */
function readProgress(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { passed: 0, failed: 0, skipped: 0, failedFiles: [], completedAt: null }
  }
}
