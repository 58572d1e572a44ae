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

/** Redacted at the top and one and two levels down, whatever a component logs by mistake. */
const redactedPaths = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])

/**
 * Lines that a full disk cannot take are buffered up to this; later ones are dropped. Otherwise they would fill the
 * memory.
 */
const WAITING_CHARACTERS = 256 * 1024

/** Where log lines go, and how many of them. */
export interface LogOptions {
  readonly level: Config['logLevel']
  /** Included in each line: which process wrote it. */
  readonly role: string
  /** @default standard output, written line by line: what was logged before a kill -9 is in the file */
  readonly destination?: DestinationStream
}

/** Creates the process's log: one JSON object per line, times in ISO 8601, secrets redacted by name. */
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
        // A full disk does not take this line either; the work must go on anyway.
      }
    }
  return { info: write('info'), warn: write('warn'), error: write('error') }
}
