import { ConfigError } from '../config/config-error.ts'
import { announceLastWords } from '../process/lifecycle.ts'
import { ServeError } from '../process/serve-error.ts'

/** EX_CONFIG of sysexits.h: starting the process again is useless. */
const FINAL_EXIT_CODE = 78

const expectedNames = new Set(['Refusal', 'BackupError'])

/** Ends the process with one line for what an operator can put right, and with the whole error for what only we can. */
export function failWith(error: unknown): never {
  if (error instanceof ConfigError) return end(error.message, FINAL_EXIT_CODE)
  if (error instanceof ServeError) return end(error.message, error.isFinal ? FINAL_EXIT_CODE : 1)
  // By name, not by class: their packages are loaded only with the commands that need it.
  if (error instanceof Error && expectedNames.has(error.name)) return end(error.message, 1)
  return end(wholeError(error), 1)
}

/** Message and stack: Sequelize gives its errors a stack that begins with a bare "Error". */
function wholeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { name, message, stack = '' } = error
  return stack.includes(message) ? stack : `${name}: ${message}\n${stack.replace(/^\w*\n/, '')}`
}

function end(text: string, code: number): never {
  announceLastWords(text)
  process.stderr.write(`${text}\n`)
  process.exit(code)
}
