/** Other versions of Node than the current one: finding their binaries, and smoke-testing the whole system on one. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { npm, root } from './prepare.mjs'

const SYSTEM_READY_WITHIN_MS = 180_000
const SYSTEM_ENDS_WITHIN_MS = 60_000

/** The version we recommend; every run of the suite tries it. */
export const RECOMMENDED_NODE = '24'

/**
 * Path of a version's binary, which comes as the npm package `node` in npm's cache.
 *
 * @throws Error if it cannot be installed
 */
export async function nodeOf(version) {
  const [command, words] = npm(['exec', '--yes', `--package=node@${version}`, '--', 'node', '-p', 'process.execPath'])
  const child = spawn(command, words, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  const code = await new Promise((resolve) => child.on('close', resolve))
  const path = output.trim().split('\n').at(-1) ?? ''
  if (code !== 0 || path === '') throw new Error(`Node ${version} could not be installed`)
  return path
}

/** An environment in which `node` is that binary, also for child processes of a test. */
export function environmentOf(node) {
  return { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) }
}

/** Starts everything in a new folder, delivers one message, and stops it. @returns whether that worked */
export async function smoke(node) {
  const data = mkdtempSync(join(tmpdir(), 'paikea-runtime-'))
  // Installed and built only by now.
  const { freePort } = await import('@paikea/firmware/testing')
  const [port, simulator, temporal, ui, device] = await Promise.all([1, 2, 3, 4, 5].map(() => freePort()))
  const flags = ['--data', data, '--port', port, '--simulator-port', simulator, '--temporal-port', temporal]
  const words = ['tools/start.mjs', ...[...flags, '--temporal-ui-port', ui, '--device-port', device].map(String)]
  const system = spawn(node, words, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: environmentOf(node) })
  let output = ''
  for (const stream of [system.stdout, system.stderr]) stream.on('data', (chunk) => (output += chunk))
  const ended = new Promise((resolve) => system.on('close', resolve))
  let isGood = false
  try {
    const base = `http://127.0.0.1:${port}`
    isGood = (await until(SYSTEM_READY_WITHIN_MS, () => isReady(base))) && (await isAccepted(base, data))
  } finally {
    system.kill('SIGINT')
    const end = await Promise.race([ended, sleep(SYSTEM_ENDS_WITHIN_MS, 'late')])
    if (end === 'late') system.kill('SIGKILL')
    if (!isGood) process.stderr.write(`${output.slice(-8_000)}\n`)
    rmSync(data, { recursive: true, force: true })
  }
  return isGood
}

async function isReady(base) {
  return (await fetch(`${base}/readyz`)).ok
}

async function isAccepted(base, data) {
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
}

async function until(limitMs, check) {
  const end = Date.now() + limitMs
  while (Date.now() < end) {
    if (await check().catch(() => false)) return true
    await sleep(250)
  }
  return false
}
