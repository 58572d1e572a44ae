import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { until } from './raw-socket.ts'

/** The live link in a process of its own. */
export interface LinkProcess {
  readonly devicePort: number
  readonly pagePort: number
  /** What it logged. */
  readonly output: () => string
  /** Asks one of its side doors. */
  ask(path: string): Promise<string>
  /** Ends it as an operator does. */
  stop(): Promise<void>
  kill(): Promise<void>
}

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const SCRIPT = fileURLToPath(new URL('link-serve.mjs', import.meta.url))
const DENO = join(ROOT, 'node_modules/.bin/deno')

/** Starts it. */
export async function startLink(
  runtime: 'node' | 'deno',
  options: { readonly uri: string; readonly updaterAgeMs?: number },
): Promise<LinkProcess> {
  const own = [SCRIPT, JSON.stringify(options)]
  const child: ChildProcess =
    runtime === 'node'
      ? spawn(process.execPath, own, { cwd: ROOT })
      : spawn(DENO, ['run', '-A', '--no-check', '--node-modules-dir=manual', ...own], { cwd: ROOT })
  let said = ''
  child.stdout?.on('data', (text: Buffer) => (said += text.toString()))
  child.stderr?.on('data', (text: Buffer) => (said += text.toString()))
  const ports = await until(() => {
    if (child.exitCode !== null) throw new Error(`it ended: ${said}`)
    return /PORTS (\d+) (\d+)/u.exec(said)
  }, 60_000)
  const [devicePort = 0, pagePort = 0] = ports.slice(1).map(Number)
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill(signal)
    await gone
  }
  return {
    devicePort,
    pagePort,
    output: () => said,
    ask: async (path) => (await fetch(`http://127.0.0.1:${pagePort}${path}`)).text(),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  }
}
