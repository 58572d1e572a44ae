/**
 * `npm run test:runtimes`: the fast tests, and one whole house that takes a delivery, on other versions of Node than the
 * one that runs this. Each comes as the npm package `node`, into npm's own cache. Without versions behind `--`: 22 and 24;
 * `-- 24 --all` runs the whole suite on 24.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { npm, prepare, root } from './prepare.mjs'

const HOUSE_READY_WITHIN_MS = 180_000
const HOUSE_ENDS_WITHIN_MS = 60_000

const given = process.argv.slice(2)
const isAll = given.includes('--all')
const versions = given.filter((word) => /^\d+$/.test(word))
await prepare({ everything: true })

let failed = 0
for (const version of versions.length === 0 ? ['22', '24'] : versions) {
  const node = await nodeOf(version)
  say(`Node ${version}: ${node}`)
  const tests = ['node_modules/jest/bin/jest.js', ...(isAll ? [] : ['--selectProjects', 'fast'])]
  const isGood = (await run(node, tests)) === 0 && (await smoke(node))
  say(`Node ${version}: ${isGood ? 'passed' : 'FAILED'}`)
  if (!isGood) failed += 1
}
process.exit(failed === 0 ? 0 : 1)

/** Path of that version's binary, installed if it is not there. */
async function nodeOf(version) {
  const [command, words] = npm(['exec', '--yes', `--package=node@${version}`, '--', 'node', '-p', 'process.execPath'])
  const child = spawn(command, words, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  const code = await new Promise((resolve) => child.on('close', resolve))
  const path = output.trim().split('\n').at(-1) ?? ''
  if (code !== 0 || path === '') throw new Error(`Node ${version} could not be installed`)
  return path
}

/** Starts everything in a folder of its own, delivers one message, and stops it. */
async function smoke(node) {
  const data = mkdtempSync(join(tmpdir(), 'paikea-runtime-'))
  const [port, simulator, temporal, ui, device] = await Promise.all(Array.from({ length: 5 }, freePort))
  const flags = ['--data', data, '--port', port, '--simulator-port', simulator, '--temporal-port', temporal]
  const house = spawn(
    node,
    ['tools/start.mjs', ...[...flags, '--temporal-ui-port', ui, '--device-port', device].map(String)],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
  )
  const ended = new Promise((resolve) => house.on('close', resolve))
  try {
    const base = `http://127.0.0.1:${port}`
    const isUp = await until(HOUSE_READY_WITHIN_MS, async () => (await fetch(`${base}/readyz`)).ok)
    if (!isUp) return false
    const secret = readFileSync(join(data, 'webhook-secret.txt'), 'utf8').trim()
    const body = new URLSearchParams({
      imei: '300434061000001',
      serial: '200001',
      momsn: '42',
      transmit_time: '26-11-24 03:05:10',
      iridium_latitude: '37.8',
      iridium_longitude: '-122.3',
      iridium_cep: '8',
      data: Buffer.from('PK001;lat:3749.5074,NS:N,lon:12216.6021,EW:W,utc:030501.000,sta:00,batt:4.7').toString('hex'),
    })
    const answer = await fetch(`${base}/rockblock/incoming/${secret}`, { method: 'POST', body })
    return answer.ok && (await answer.json()).status === 'accepted'
  } finally {
    house.kill('SIGINT')
    const end = await Promise.race([ended, sleep(HOUSE_ENDS_WITHIN_MS, 'late')])
    if (end === 'late') house.kill('SIGKILL')
    rmSync(data, { recursive: true, force: true })
  }
}

async function until(limitMs, check) {
  const end = Date.now() + limitMs
  while (Date.now() < end) {
    if (await check().catch(() => false)) return true
    await sleep(250)
  }
  return false
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

async function run(node, words) {
  const child = spawn(node, words, { cwd: root, stdio: 'inherit' })
  return await new Promise((resolve) => child.on('close', resolve))
}

function say(line) {
  process.stdout.write(`${line}\n`)
}
