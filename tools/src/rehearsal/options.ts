import { parseArgs } from 'node:util'

/** Options of a rehearsal. */
export interface RehearsalOptions {
  readonly seed: number
  /** Sent through two of each process while one of each kind is killed. */
  readonly messages: number
  /** Sent through one of each process, then again through two, to compare rates; without kills. */
  readonly calm: number
  readonly buoys: number
  /** Time between kills. */
  readonly gapMs: number
  /** Time limit for the whole run. */
  readonly minutes: number
  readonly keeps: boolean
}

export const USAGE = `npm run rehearsal -- [flags]

The service as it stands on several machines, here on one: a Temporal server on PostgreSQL with its four services as
processes, MariaDB with a replica, two API and two worker processes behind nginx. Sends messages with routes, kills one of
each kind at random, and counts what arrived.

  --seed N           the same order of kills again (default: the time)
  --messages N       sent while parts are killed (20000)
  --calm N           sent before, to one of each and to two of each, to compare their rates (2000)
  --buoys N          that send them (200)
  --gap-ms N         from one kill to the next (20000)
  --minutes N        longest time, all in all (90)
  --keep             keep the folder although all is well
  --help

Needs Go (it builds the Temporal server once, and keeps it in the cache), PostgreSQL, MariaDB and nginx.
Exit code 0: nothing lost, doubled or out of order.
`

/** Parses the command line. @throws Error naming the flag */
export function readOptions(words: readonly string[], nowMs: number): RehearsalOptions | 'help' {
  const { values } = parseArgs({
    args: [...words],
    options: {
      seed: { type: 'string', default: String(nowMs % 1_000_000) },
      messages: { type: 'string', default: '20000' },
      calm: { type: 'string', default: '2000' },
      buoys: { type: 'string', default: '200' },
      'gap-ms': { type: 'string', default: '20000' },
      minutes: { type: 'string', default: '90' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  return {
    seed: whole('--seed', values.seed, 0),
    messages: whole('--messages', values.messages, 1),
    calm: whole('--calm', values.calm, 1),
    buoys: whole('--buoys', values.buoys, 1),
    gapMs: whole('--gap-ms', values['gap-ms'], 1_000),
    minutes: whole('--minutes', values.minutes, 1),
    keeps: values.keep,
  }
}

function whole(flag: string, text: string, least: number): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least) throw new Error(`${flag} takes a whole number from ${least}`)
  return value
}
