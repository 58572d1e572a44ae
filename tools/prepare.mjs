/**
 * Prepares to run our programs: checks the Node version, installs the lock file's packages, builds. Stamps record what
 * was done, so that a second start costs milliseconds. No dependencies.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const oldestNode = [20, 19]
/** Enough for the connections, databases and logs of a small fleet; 500 open pages need 1,024. */
const FEWEST_OPEN_FILES = 256
const HEARTBEAT_MS = 15_000
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** The repository. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const installStamp = join(root, 'node_modules', '.paikea-lock')
const buildStamp = join(root, '.cache', 'build-stamp')
const webStamp = join(root, '.cache', 'web-stamp')
const bundleStamp = join(root, '.cache', 'bundle-stamp')

/**
 * Checks Node, installs, builds. Exits with a one-line message if something fails.
 *
 * @param options.progress where to report progress; keep it apart from a command's own output
 * @param options.everything also install what only tests and checks need: half of all packages
 */
export async function prepare({ progress = process.stdout, build = true, everything = false } = {}) {
  checkNode()
  checkOpenFiles()
  const say = sayTo(progress)
  await install(say, everything)
  if (build) await buildWhenStale(say, everything)
}

function sayTo(stream) {
  return (line) => stream.write(`${line}\n`)
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return
  fail(`Node ${process.versions.node} is too old: Paikea needs ${oldestNode.join('.')} or newer`)
}

/** With too few, Node fails to read packages, with misleading messages. */
function checkOpenFiles() {
  const { report } = process
  if (report === undefined) return
  report.excludeNetwork = true
  const limit = report.getReport().userLimits?.open_files?.soft
  if (typeof limit !== 'number' || limit >= FEWEST_OPEN_FILES) return
  fail(`only ${limit} files may be open at once: Paikea needs ${FEWEST_OPEN_FILES} (ulimit -n ${FEWEST_OPEN_FILES})`)
}

async function install(say, everything) {
  const lock = join(root, 'package-lock.json')
  const wanted = digest([readFileSync(lock, 'utf8')])
  const stamp = readStamp(installStamp)
  if (stamp === wanted || (stamp === runningOnly(wanted) && !everything)) return
  if (stamp === runningOnly(wanted)) {
    await run('installing what tests need', npm(['install', '--no-save', '--no-audit', '--no-fund']), say)
    writeStamp(installStamp, wanted)
    return
  }
  // npm's own record of what it installed: if it is newer than the lock file, someone ran npm by hand.
  const record = join(root, 'node_modules', '.package-lock.json')
  const isCurrent = existsSync(record) && statSync(record).mtimeMs >= statSync(lock).mtimeMs
  if (isCurrent) {
    writeStamp(installStamp, wanted)
    return
  }
  const omitted = everything ? [] : ['--omit=dev']
  await run('installing packages (a minute the first time)', npm(['ci', ...omitted, '--no-audit', '--no-fund']), say)
  writeStamp(installStamp, everything ? wanted : runningOnly(wanted))
}

/** The stamp of an installation that has only what running needs. */
function runningOnly(wanted) {
  return `${wanted} running`
}

async function buildWhenStale(say, everything) {
  const folders = [...readdirSync(join(root, 'packages')).map((name) => join('packages', name)), 'tools']
  const shared = ['package-lock.json', 'tsconfig.base.json', 'nx.json']
  const wanted = digest([...sourceFingerprint(folders), ...shared.map(fingerprint)])
  if (readStamp(buildStamp) === wanted && existsSync(join(root, 'tools/dist/start/main.js'))) return
  // In parallel, without Nx: Nx would take longer to plan the work than the compiler takes to do it.
  await Promise.all([compile(say, everything), buildWebApp(say)])
  writeStamp(buildStamp, wanted)
}

/** Compiles everything in one go, then bundles the workflows from the compiled code. */
async function compile(say, everything) {
  await compileSources(say, everything)
  await bundleWorkflows(say)
}

/**
 * Compiles everything in one go.
 *
 * @param say gets each line of progress
 * @param everything the types of all packages are there, and ours are checked
 */
export async function compileSources(say, everything) {
  const projects = readdirSync(join(root, 'packages'))
    // Vite builds it, from source.
    .filter((name) => name !== 'web')
    .map((name) => join('packages', name, 'tsconfig.build.json'))
    .filter((file) => existsSync(join(root, file)))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  // Some packages' types come only with the test dependencies, which check our own: without those, compile unchecked.
  const checked = everything ? [] : ['--noCheck']
  const line = [tsc, '-b', ...checked, ...projects, 'tools/tsconfig.build.json']
  await run('compiling', [process.execPath, line], say)
}

/** From what was compiled. */
async function bundleWorkflows(say) {
  const wanted = digest([...sourceFingerprint(['packages/workflows', 'packages/delivery', 'packages/domain'])])
  const bundle = join(root, 'packages/workflows/dist/workflow-bundle.js')
  if (readStamp(bundleStamp) === wanted && existsSync(bundle)) return
  const script = join(root, 'packages/workflows/dist/worker/build-bundle.js')
  await run('bundling the workflows', [process.execPath, [script]], say)
  writeStamp(bundleStamp, wanted)
}

async function buildWebApp(say) {
  const wanted = digest([...webFingerprint()])
  if (readStamp(webStamp) === wanted && existsSync(join(root, 'packages/web/dist/index.html'))) return
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  await run('building the web app', [process.execPath, [vite, 'build', join(root, 'packages/web')]], say)
  writeStamp(webStamp, wanted)
}

/** Fingerprint of the web app's sources. */
function* webFingerprint() {
  yield* sourceFingerprint(['packages/web', 'packages/packets', 'packages/domain', 'packages/schedule'])
  yield fingerprint('package-lock.json')
}

/** Under Deno everything runs from source; only the web app has to be built, also by Deno. */
export async function prepareForDeno() {
  const say = sayTo(process.stdout)
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  if (!existsSync(vite)) fail('the packages are not there: run `npm install` or `deno install` first')
  const wanted = digest([...webFingerprint()])
  if (readStamp(webStamp) === wanted && existsSync(join(root, 'packages/web/dist/index.html'))) return
  const build = ['run', '-A', '--node-modules-dir=manual', vite, 'build', join(root, 'packages/web')]
  await run('building the web app', [process.execPath, build], say)
  writeStamp(webStamp, wanted)
}

function readStamp(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

function writeStamp(file, text) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

/** Path, size and time of every file in these folders that affects a build. */
function* sourceFingerprint(folders) {
  for (const folder of folders) {
    for (const name of readdirSync(join(root, folder))) {
      if (/^(package\.json|tsconfig.*\.json|vite\.config\..*|index\.html)$/.test(name))
        yield fingerprint(join(folder, name))
    }
    for (const part of ['src', 'public', 'scripts']) {
      const path = join(root, folder, part)
      if (!existsSync(path)) continue
      for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || /\.test\.tsx?$/.test(entry.name)) continue
        yield fingerprint(join((entry.parentPath ?? entry.path).slice(root.length + 1), entry.name))
      }
    }
  }
}

function fingerprint(path) {
  const { size, mtimeMs } = statSync(join(root, path))
  return `${path} ${size} ${mtimeMs}`
}

function digest(parts) {
  const hash = createHash('sha256')
  for (const part of parts.toSorted()) hash.update(part).update('\n')
  return hash.digest('hex')
}

/** The npm that runs us, otherwise the one on the PATH. */
export function npm(npmArguments) {
  const script = process.env.npm_execpath
  return script !== undefined && /npm-cli\.[cm]?js$/.test(script)
    ? [process.execPath, [script, ...npmArguments]]
    : ['npm', npmArguments]
}

/** Runs a step to completion; its output is shown only if it fails. */
async function run(title, [command, commandArguments], say) {
  const startedAt = Date.now()
  const seconds = () => Math.round((Date.now() - startedAt) / 1000)
  say(`${title} …`)
  const heartbeat = setInterval(() => say(`  … still ${title.split(' (')[0]} (${seconds()} s)`), HEARTBEAT_MS)
  const child = spawn(command, commandArguments, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own process group: signals reach its children too.
    detached: true,
    env: {
      ...process.env,
      ...headersOf(process.execPath),
      NX_DAEMON: 'false',
      NX_TUI: 'false',
      NX_NO_CLOUD: 'true',
      NO_COLOR: '1',
      // As separate processes its plugins would linger for half a minute.
      NX_ISOLATE_PLUGINS: 'false',
    },
  })
  // An install left running would block the next start, and npm does not stop for any weaker signal.
  let stoppedBy = null
  const stop = (signal) => {
    stoppedBy = signal
    if (child.pid === undefined) return
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // It has just exited.
    }
  }
  for (const signal of stopSignals) process.on(signal, stop)
  const output = []
  child.stdout.on('data', (chunk) => output.push(chunk))
  child.stderr.on('data', (chunk) => output.push(chunk))
  const code = await new Promise((resolve) => {
    child.on('close', resolve)
    child.on('error', (error) => {
      output.push(Buffer.from(error.message))
      resolve(1)
    })
  })
  clearInterval(heartbeat)
  for (const signal of stopSignals) process.off(signal, stop)
  if (stoppedBy !== null) process.exit(128 + constants.signals[stoppedBy])
  if (code !== 0) {
    process.stderr.write(`${Buffer.concat(output).toString('utf8').slice(-8_000)}\n`)
    fail(`${title.split(' (')[0]} failed: see above`)
  }
  say(`  done in ${seconds()} s`)
}

/**
 * Where the headers are that SQLite's module is compiled with, if they came with Node: node-gyp would download them, and
 * nodejs.org may be out of reach.
 */
export function headersOf(node, version = process.versions.node) {
  const prefix = dirname(dirname(node))
  const header = join(prefix, 'include/node/node_version.h')
  if (process.env.npm_config_nodedir !== undefined || !existsSync(header)) return {}
  const major = /NODE_MAJOR_VERSION (\d+)/.exec(readFileSync(header, 'utf8'))?.[1]
  return major === version.split('.')[0] ? { npm_config_nodedir: prefix } : {}
}

function fail(line) {
  process.stderr.write(`${line}\n`)
  process.exit(1)
}
