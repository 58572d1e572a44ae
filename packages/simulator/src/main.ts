/**
 * The simulator as a process: `node dist/main.js --port 8099 --data ./data/simulator --demo-fleet 6`.
 *
 * Tells a parent with an IPC channel `{type: 'ready', port}`, ends cleanly on SIGTERM and SIGINT and when that parent
 * is gone. Logs one JSON object a line on standard error.
 */
import { FlagError, readFlags, usage } from './flags.ts'
import { createSimulator } from './simulator.ts'

function log(event: string, details: Readonly<Record<string, unknown>>): void {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), event, ...details })}\n`)
}

/** One line, then the end. */
function fail(message: string): never {
  process.stderr.write(`simulator: ${message}\n`)
  process.exit(1)
}

async function main(): Promise<void> {
  const options = readFlags(process.argv.slice(2))
  if (options === 'help') {
    process.stdout.write(`${usage}\n`)
    return
  }
  const simulator = await createSimulator({ ...options, log })
  let ending = false
  const end = (): void => {
    if (ending) return
    ending = true
    simulator.close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
  process.once('disconnect', end)
  process.send?.({ type: 'ready', port: simulator.port })
  log('simulator-ready', { port: simulator.port, demoFleet: options.demoFleet ?? 0, speed: options.speed ?? 1 })
}

main().catch((cause: unknown) => {
  if (cause instanceof FlagError) fail(cause.message)
  const { code, port, path, syscall } = partsOf(cause)
  if (code === 'EADDRINUSE') fail(`port ${port} is taken: stop what listens there or choose another with --port`)
  if (syscall === 'mkdir') fail(`the folder ${path} cannot be made (${code}): choose another with --data`)
  if (code === 'EACCES' || code === 'EPERM') fail(`not permitted: ${String(cause)}`)
  fail(String(cause))
})

/** What a system error says about itself. */
function partsOf(cause: unknown): { code: string; port: string; path: string; syscall: string } {
  const parts = new Map<string, unknown>(typeof cause === 'object' && cause !== null ? Object.entries(cause) : [])
  const textOf = (name: string): string => String(parts.get(name))
  return { code: textOf('code'), port: textOf('port'), path: textOf('path'), syscall: textOf('syscall') }
}
