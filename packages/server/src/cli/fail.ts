import { ConfigError } from '../config/config-error.ts'
import { announceLastWords } from '../process/lifecycle.ts'
import { ServeError } from '../process/serve-error.ts'

/** EX_CONFIG of sysexits.h: restarting the process is useless. */
const FINAL_EXIT_CODE = 78

const expectedNames = new Set(['Refusal', 'BackupError'])

/** Exits with one line for what an operator can fix, and with the whole error for what only we can. */
export function failWith(error: unknown): never {
  if (error instanceof ConfigError) return end(error.message, FINAL_EXIT_CODE)
  if (error instanceof ServeError) return end(error.message, error.isFinal ? FINAL_EXIT_CODE : 1)
  // By name, not by class: their packages are loaded only by the commands that need them.
  if (error instanceof Error && expectedNames.has(error.name)) return end(error.message, 1)
  return end(wholeError(error), 1)
}

/** Message and stack: Sequelize's errors have a stack that starts with a bare "Error". */
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
