import type { Log } from '@paikea/domain'
import { pino, type DestinationStream, type Logger } from 'pino'
import type { Config } from '../config/load-config.ts'

const secretNames = [
  'password',
  'pass',
  'token',
  'secret',
  'apiKey',
  'authorization',
  'cookie',
  'jwt',
  'webhookSecret',
  'privateKey',
]

/** Hidden at the top and one and two levels down, whatever a room hands over by mistake. */
const redactedPaths = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])

/** What a full disk does not take waits for room up to here; later lines are dropped. Without it they would fill the memory. */
const WAITING_CHARACTERS = 256 * 1024

/** Where log lines go, and how many of them. */
export interface LogOptions {
  readonly level: Config['logLevel']
  /** On each line: which process it was. */
  readonly role: string
  /** @default standard output, line by line: what was logged before a kill -9 is in the file */
  readonly destination?: DestinationStream
}

/** Makes the process's log: one JSON object a line, times in ISO 8601, secrets hidden by name. */
export function createLog(options: LogOptions): Log {
  const logger = pino(
    {
      level: options.level,
      base: { role: options.role, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redactedPaths, censor: '(hidden)' },
    },
    options.destination ?? pino.destination({ fd: 1, sync: true, maxLength: WAITING_CHARACTERS }),
  )
  return wrap(logger)
}

function wrap(logger: Logger): Log {
  const write =
    (level: 'info' | 'warn' | 'error'): Log['info'] =>
    (event, fields) => {
      try {
        logger[level]({ ...fields }, event)
      } catch {
        // A disk that is full takes no line either; what is being told of must go on anyway.
      }
    }
  return { info: write('info'), warn: write('warn'), error: write('error') }
}
