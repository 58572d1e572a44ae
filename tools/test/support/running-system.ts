import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { freePort } from '@paikea/firmware/testing'
import { waitFor } from '../../src/services/wait-for.ts'
import { processesWith } from './processes.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Ports and data folder of a system under test; stable over several starts. */
export interface Site {
  readonly dataFolder: string
  readonly ports: Readonly<Record<'api' | 'simulator' | 'temporal' | 'temporalUi', number>>
  readonly flags: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

/** Creates a site with free ports and an empty folder. */
export async function makeSite(): Promise<Site> {
  const [api, device, temporal, temporalUi, simulator] = await Promise.all([1, 2, 3, 4, 5].map(() => freePort()))
  const dataFolder = mkdtempSync(join(tmpdir(), 'paikea-system-'))
  const flags = [
    ...['--data', dataFolder, '--port', String(api), '--device-port', String(device)],
    ...['--temporal-port', String(temporal), '--temporal-ui-port', String(temporalUi)],
    ...['--simulator-port', String(simulator), '--demo-fleet', '2'],
  ]
  const env = { ...process.env, TEMPORAL_CLI: process.env['PAIKEA_TEST_TEMPORAL_CLI'] }
  const ports = { api: api ?? 0, simulator: simulator ?? 0, temporal: temporal ?? 0, temporalUi: temporalUi ?? 0 }
  return { dataFolder, ports, flags, env }
}

/** A running starter. */
export interface RunningSystem {
  readonly starter: ChildProcess
  /** Everything it has printed so far. */
  output(): string
  /** Resolves with its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>
}

/** Starts it through `npm start`, as a user does, which also handles installation and build. */
export function launchByNpm(site: Site): RunningSystem {
  return watch(
    spawn('npm', ['start', '--', ...site.flags], {
      cwd: root,
      env: site.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    }),
  )
}

/** Spawns the starter in its own process group. @param wrapper prefix of its command, which it `exec`s */
export function launch(
  site: Site,
  runtime: 'node' | 'deno' = 'node',
  extraEnv: NodeJS.ProcessEnv = {},
  wrapper: readonly string[] = [],
): RunningSystem {
  const [command, script] =
    runtime === 'node'
      ? // Skips `tools/start.mjs`, which installs and builds first: `npm test` has done that.
        [process.execPath, ['tools/dist/start/main.js']]
      : [join(root, 'node_modules/.bin/deno'), [...denoFlags, 'tools/start.deno.mjs']]
  const [first = command, ...words] = [...wrapper, command, ...script, ...site.flags]
  return watch(
    spawn(first, words, {
      cwd: root,
      env: { ...site.env, ...extraEnv },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    }),
  )
}

function watch(starter: ChildProcessByStdio<null, Readable, Readable>): RunningSystem {
  let output = ''
  starter.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')))
  starter.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')))
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    starter.on('close', (code, signal) => resolve(code ?? signal))
  })
  return { starter, output: () => output, ended }
}

const denoFlags = ['run', '-A', '--node-modules-dir=manual', '--conditions=@paikea/source']

/** Starts the system and waits until it reports that it is up. */
export async function start(site: Site, runtime: 'node' | 'deno' = 'node'): Promise<RunningSystem> {
  return untilUp(launch(site, runtime))
}

/** Waits until it reports that it is up. */
export async function untilUp(system: RunningSystem): Promise<RunningSystem> {
  let hasEnded = false
  void system.ended.then(() => (hasEnded = true))
  await waitFor(async () => hasEnded || system.output().includes('Paikea is up'), { limitMs: 150_000, everyMs: 100 })
  if (!system.output().includes('Paikea is up')) throw new Error(`the system did not come up:\n${system.output()}`)
  return system
}

/** The output of the operator's `doctor` for a site, with nothing in its environment that points there. */
export async function doctor(site: Site): Promise<{ readonly code: number | null; readonly output: string }> {
  const words = ['packages/server/dist/main.js', 'doctor', '--data', site.dataFolder]
  const { PATH } = process.env
  const asked = watch(spawn(process.execPath, words, { cwd: root, env: { PATH }, stdio: ['ignore', 'pipe', 'pipe'] }))
  const code = await asked.ended
  return { code: typeof code === 'number' ? code : null, output: asked.output() }
}

/** Sends a signal to the starter alone. */
export function signal(system: RunningSystem, name: NodeJS.Signals): void {
  system.starter.kill(name)
}

/** kill -9 of the starter's whole process group. */
export function killGroup(system: RunningSystem): void {
  const { pid } = system.starter
  if (pid === undefined) throw new Error('the starter was never started')
  process.kill(-pid, 'SIGKILL')
}

/** Waits until no process of the site is left. @returns those that remain */
export async function leftOver(site: Site): Promise<readonly string[]> {
  const list = (): string[] => processesWith(site.dataFolder).map((found) => found.commandLine)
  await waitFor(async () => list().length === 0, { limitMs: 20_000, everyMs: 100 })
  return list()
}

/** Ends what a failed test left behind, and removes the folder. */
export function clear(site: Site): void {
  for (const { pid } of processesWith(site.dataFolder)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // Already gone.
    }
  }
  rmSync(site.dataFolder, { recursive: true, force: true, maxRetries: 5 })
}

/** One of the system's processes. */
export type PartName = 'server' | 'simulator' | 'temporal' | 'keeper'

/** The process of one part. @throws Error if it does not run: signalling an invalid id could hit ourselves */
export function pidOf(site: Site, part: PartName): number {
  const pid = partOf(site, part)
  if (pid === null) throw new Error(`${part} does not run`)
  return pid
}

/** The process of one part, or `null` while it does not run. */
export function partOf(site: Site, part: PartName): number | null {
  const marks = {
    server: /server\/(dist|src)\/main\.[jt]s serve/,
    simulator: /simulator\/(dist|src)\/main\.[jt]s/,
    keeper: /keeper\.sh/,
    temporal: /^(?!.*keeper\.sh).* server start-dev/,
  }
  return processesWith(site.dataFolder).find(({ commandLine }) => marks[part].test(commandLine))?.pid ?? null
}

/** A test's client of a running system. */
export class Visitor {
  readonly #site: Site
  #cookie = ''
  #csrfToken = ''

  constructor(site: Site) {
    this.#site = site
  }

  /** Logs in as the administrator whose password is in the data folder. */
  async logIn(): Promise<void> {
    const password = readFileSync(join(this.#site.dataFolder, 'admin-password.txt'), 'utf8').trim()
    const response = await fetch(this.#api('/v1/session'), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email: 'admin@paikea.local', password }),
    })
    if (!response.ok) throw new Error(`log-in answers ${response.status} ${await response.text()}`)
    this.#cookie = response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ')
    this.#csrfToken = z.object({ csrfToken: z.string() }).parse(await response.json()).csrfToken
  }

  /** Reads a resource. */
  async get(path: string): Promise<unknown> {
    const response = await fetch(this.#api(path), { headers: { Cookie: this.#cookie } })
    if (!response.ok) throw new Error(`${path} answers ${response.status} ${await response.text()}`)
    return response.json()
  }

  /** Posts to a resource. */
  async post(path: string, body: object): Promise<unknown> {
    const response = await fetch(this.#api(path), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Cookie: this.#cookie, 'X-CSRF-Token': this.#csrfToken },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path} answers ${response.status} ${await response.text()}`)
    return response.json()
  }

  /** Delivers a message as the vendor does: repeatedly until it is accepted. @returns the response's status field */
  async deliver(message: Readonly<Record<string, unknown>>, limitMs = 60_000): Promise<string> {
    const secret = readFileSync(join(this.#site.dataFolder, 'webhook-secret.txt'), 'utf8').trim()
    let status = ''
    const attempt = async (): Promise<boolean> => {
      try {
        const response = await fetch(this.#api(`/rockblock/incoming/${secret}`), {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(message),
          signal: AbortSignal.timeout(5_000),
        })
        const answer: unknown = await response.json()
        if (!response.ok || typeof answer !== 'object' || answer === null || !('status' in answer)) return false
        status = String(answer.status)
        return true
      } catch {
        return false
      }
    }
    if (!(await waitFor(attempt, { limitMs, everyMs: 100 }))) throw new Error('the delivery was not taken in time')
    return status
  }

  /** What the simulated vendor was given for a modem, as text. */
  async sentTo(imei: string): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${this.#site.ports.simulator}/sim/mt?imei=${imei}`)
    return response.text()
  }

  #api(path: string): string {
    return `http://127.0.0.1:${this.#site.ports.api}${path}`
  }
}

/** A stored message as the API returns it. */
export interface InboundItem {
  readonly momsn: number
  readonly copies: number
  readonly state: string
  readonly decoded: { readonly latitudeDegrees: number } | null
}

/** All stored messages of a modem. */
export async function inboundOf(visitor: Visitor, imei: string): Promise<readonly InboundItem[]> {
  const items: InboundItem[] = []
  let cursor: string | null = null
  do {
    const query: string = `imei=${imei}&limit=100${cursor === null ? '' : `&cursor=${cursor}`}`
    // The contract's shape; a deviation makes the expectations fail.
    const page = (await visitor.get(`/v1/messages/inbound?${query}`)) as {
      items: InboundItem[]
      nextCursor: string | null
    }
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return items
}

/** A delivery of format A with a readable position. */
export function delivery(options: { readonly imei: string; readonly momsn: number; readonly minutes?: number }) {
  const minutes = 1_000 + (options.minutes ?? 0)
  const packet = `PK001;lat:3749.${minutes},NS:N,lon:12216.6021,EW:W,utc:030501.086,sog:0.5,cog:12,sta:00,batt:4.7`
  return {
    imei: options.imei,
    momsn: options.momsn,
    transmit_time: '26-01-02 03:05:30',
    iridium_latitude: 37.83,
    iridium_longitude: -122.28,
    iridium_cep: 3,
    data: Buffer.from(packet, 'ascii').toString('hex'),
  }
}
