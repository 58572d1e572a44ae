import { ConfigError } from '../config/config-error.ts'
import { ServeError } from '../process/serve-error.ts'

/** EX_CONFIG of sysexits.h: starting the process again is useless. */
const finalExitCode = 78

/** Ends the process with one line for what an operator can put right, and with the whole error for what only we can. */
export function failWith(error: unknown): never {
  if (error instanceof ConfigError) return end(error.message, finalExitCode)
  if (error instanceof ServeError) return end(error.message, error.isFinal ? finalExitCode : 1)
  // By name, not by class: the API is loaded only with the commands that need it.
  if (error instanceof Error && error.name === 'AccountError') return end(error.message, 1)
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return end(text, 1)
}

function end(text: string, code: number): never {
  process.stderr.write(`${text}\n`)
  process.exit(code)
}
