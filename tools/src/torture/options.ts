import { parseArgs } from 'node:util'

/** Options of a torture run. */
export interface TortureOptions {
  readonly seed: number
  readonly messages: number
  readonly kills: number
  /** How often a process's clock is shifted forward or back, and corrected again. */
  readonly clocks: number
  readonly database: 'mariadb' | 'sqlite'
  /** Time limit for the whole run. */
  readonly minutes: number
  /** Mean pause between two disruptions. */
  readonly gapMs: number
  /** A running SQS server; `null`: one is started. */
  readonly sqsUrl: string | null
  readonly keeps: boolean
}

export const USAGE = `npm run torture -- [flags]

Runs the whole system as processes, kills and pauses them at random instants, and counts what arrived.

  --seed N           the same disruptions and faults again (default: the time)
  --messages N       sent by the devices (2000)
  --kills N          kill -9; a quarter as many pauses and an eighth as many restarts come on top (20)
  --clocks N         times that a process has its clock set hours forth or back, and right again; needs libfaketime (0)
  --database KIND    mariadb: API and two workers as processes; sqlite: one process (mariadb)
  --minutes N        longest time, all in all (60)
  --gap-ms N         pause between two disruptions, on average (5000)
  --sqs-url URL      an SQS server that runs already
  --keep             keep the folder although all is well
  --help

Exit code 0: nothing lost, doubled or out of order. The folder with logs and databases is kept after a failure.
`

/** Parses the command line. @throws Error naming the flag */
export function readOptions(words: readonly string[], nowMs: number): TortureOptions | 'help' {
  const { values } = parseArgs({
    args: [...words],
    options: {
      seed: { type: 'string', default: String(nowMs % 1_000_000) },
      messages: { type: 'string', default: '2000' },
      kills: { type: 'string', default: '20' },
      clocks: { type: 'string', default: '0' },
      database: { type: 'string', default: 'mariadb' },
      minutes: { type: 'string', default: '60' },
      'gap-ms': { type: 'string', default: '5000' },
      'sqs-url': { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  const { database } = values
  if (database !== 'mariadb' && database !== 'sqlite') throw new Error('--database is mariadb or sqlite')
  return {
    seed: whole('--seed', values.seed, 0),
    messages: whole('--messages', values.messages, 1),
    kills: whole('--kills', values.kills, 0),
    clocks: whole('--clocks', values.clocks, 0),
    database,
    minutes: whole('--minutes', values.minutes, 1),
    gapMs: whole('--gap-ms', values['gap-ms'], 10),
    sqsUrl: values['sqs-url'] ?? null,
    keeps: values.keep,
  }
}

function whole(flag: string, text: string, least: number): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least) throw new Error(`${flag} takes a whole number from ${least}`)
  return value
}
