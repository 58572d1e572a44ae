/**
 * The simulator as a process: `node dist/main.js --port 8099 --data ./data/simulator --demo-fleet 6`.
 *
 * Sends `{type: 'ready', port}` to a parent with an IPC channel, and ends cleanly on SIGTERM, on SIGINT and when that
 * parent is gone. Logs one JSON object per line to standard error.
 */
import { writeSync } from 'node:fs'
import { readFlags, USAGE } from './flags.ts'
import { createSimulator } from './simulator.ts'
import { explainFailure } from './start-failure.ts'

const STANDARD_ERROR = 2

function log(event: string, details: Readonly<Record<string, unknown>>): void {
  writeLine(JSON.stringify({ at: new Date().toISOString(), event, ...details }))
}

/** Not through the stream, which accepts no line after a failed one: a full disk must lose lines and nothing else. */
function writeLine(line: string): void {
  try {
    writeSync(STANDARD_ERROR, `${line}\n`)
  } catch {
    // Lost.
  }
}

/** Reports one line, also to a parent with a channel, then exits. */
function fail(message: string): never {
  if (process.connected) process.send?.({ type: 'last-words', text: message })
  writeLine(`simulator: ${message}`)
  process.exit(1)
}

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2))
  if (flags === 'help') {
    process.stdout.write(`${USAGE}\n`)
    return
  }
  const simulator = await createSimulator({ ...flags, log }).catch((cause: unknown) =>
    fail(explainFailure(cause, flags)),
  )
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
  log('simulator-ready', { port: simulator.port, demoFleet: flags.demoFleet ?? 0, speed: flags.speed ?? 1 })
}

main().catch((cause: unknown) => fail(explainFailure(cause, null)))
