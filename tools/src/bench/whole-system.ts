import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Database, openDatabase } from '@paikea/database'
import { createAdminToken } from '../services/admin-token.ts'
import { freePort } from '@paikea/firmware/testing'
import { waitFor } from '../services/wait-for.ts'
import { buildFleet } from './fleet.ts'
import { memoryOf } from './machine.ts'

const SECRET = 'benchmark-webhook-secret-0123456789'
const ADMIN = { email: 'bench@example.org', password: 'benchmark-password-0123456789' }

/** This build. */
export const ownRoot = fileURLToPath(new URL('../../../', import.meta.url))

/** Memory of the system's processes in megabytes, counting shared pages once. */
export interface SystemMemory {
  readonly temporalMb: number
  readonly starterMb: number
  readonly serverMb: number
  readonly wholeMb: number
}

/** Everything that `npm start` starts except the simulator, on its own data folder. */
export interface WholeSystem {
  readonly webhookUrl: string
  readonly dataFolder: string
  output(): string
  /** A second connection to its database. */
  readonly db: Database
  memory(): SystemMemory
  /** Size of a file in the data folder, including its write-ahead log. */
  bytesOf(file: string): number
  stop(): Promise<void>
}

/** Starts it and registers the load's fleet. @param options.root the repository whose build to run */
export async function startWholeSystem(options: {
  readonly root: string
  readonly temporalCli: string
  readonly wrapper?: readonly string[]
}): Promise<WholeSystem> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'paikea-bench-system-'))
  const names = ['port', 'device-port', 'temporal-port', 'temporal-ui-port', 'simulator-port']
  const ports = await Promise.all(names.map(async (name) => [`--${name}`, String(await freePort())] as const))
  const flags = ['--data', dataFolder, '--no-simulator', '--demo-fleet', '0', ...ports.flat()]
  const command = [process.execPath, join(options.root, 'tools/dist/start/main.js'), ...flags]
  const [first = '', ...words] = [...(options.wrapper ?? []), ...command]
  const starter = spawn(first, words, {
    cwd: options.root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      TEMPORAL_CLI: options.temporalCli,
      PAIKEA_WEBHOOK_SECRET: SECRET,
      PAIKEA_ADMIN_EMAIL: ADMIN.email,
      PAIKEA_ADMIN_PASSWORD: ADMIN.password,
      PAIKEA_LOG_LEVEL: 'warn',
    },
  })
  let output = ''
  for (const stream of [starter.stdout, starter.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
  let db: Database | null = null
  const stop = async (): Promise<void> => {
    await db?.close()
    await end(starter)
    await rm(dataFolder, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    const isUp = await waitFor(async () => starter.exitCode !== null || output.includes('Paikea is up'), {
      limitMs: 120_000,
    })
    if (!isUp || starter.exitCode !== null) throw new Error(`the system did not come up:\n${output}`)
    const baseUrl = `http://127.0.0.1:${ports[0]?.[1] ?? ''}`
    await buildFleet(baseUrl, await createAdminToken(baseUrl, ADMIN))
    db = await openDatabase({ uri: `sqlite:///${join(dataFolder, 'paikea.db')}` })
    return {
      webhookUrl: `${baseUrl}/rockblock/incoming/${SECRET}`,
      dataFolder,
      output: () => output,
      db,
      memory: () => memoryOfSystem(starter.pid ?? 0),
      bytesOf: (file) => sizeOf(join(dataFolder, file)) + sizeOf(join(dataFolder, `${file}-wal`)),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function memoryOfSystem(starter: number): SystemMemory {
  const parts = { temporalMb: 0, starterMb: 0, serverMb: 0, wholeMb: 0 }
  for (const pid of [starter, ...descendantsOf(starter)]) {
    const megabytes = memoryOf(pid)
    const words = commandLine(pid)
    parts.wholeMb += megabytes
    if (pid === starter) parts.starterMb += megabytes
    else if (words.includes('start-dev')) parts.temporalMb += megabytes
    else if (words.includes('serve')) parts.serverMb += megabytes
  }
  return parts
}

function descendantsOf(pid: number): number[] {
  let children: number[]
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    children = text
      .split(' ')
      .map(Number)
      .filter((child) => child > 0)
  } catch {
    return []
  }
  return children.flatMap((child) => [child, ...descendantsOf(child)])
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

async function end(starter: ChildProcess): Promise<void> {
  if (starter.exitCode !== null || starter.signalCode !== null) return
  const ended = new Promise<void>((resolve) => starter.once('close', () => resolve()))
  starter.kill('SIGTERM')
  await ended
}
