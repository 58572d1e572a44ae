import { readClock } from '@paikea/database'
import type { Finding, Installation } from './installation.ts'
import { missingFile } from './existing-store.ts'
import { withStore } from './with-store.ts'

/** A signature of ours or of the vendor's is refused with a clock that is five minutes wrong. */
const CLOCK_LIMIT_MS = 60_000

/** Another party's clock, and how far ours is ahead of it. */
export interface ClockReading {
  readonly of: string
  readonly aheadMs: number
}

/** Notes the clocks of those who are asked anyway: nobody is asked for the time alone. */
export interface ClockNotes {
  readonly fetch: typeof fetch
  readonly readings: readonly ClockReading[]
}

/** A `fetch` that reads the clock of whoever answers. */
export function createClockNotes(now: () => Date, ask: typeof fetch = (...call) => fetch(...call)): ClockNotes {
  const readings: ClockReading[] = []
  return {
    readings,
    async fetch(input, init) {
      const answer = await ask(input, init)
      const date = answer.headers.get('date')
      const atMs = date === null ? Number.NaN : Date.parse(date)
      // The host alone: the rest of an address may be a secret.
      const { host } = new URL(input instanceof Request ? input.url : input)
      if (!Number.isNaN(atMs)) readings.push({ of: host, aheadMs: now().getTime() - atMs })
      return answer
    },
  }
}

/** The clock of a database on a server; one in a file has ours. */
export async function readDatabaseClock(
  { config, env }: Pick<Installation, 'config' | 'env'>,
  now: () => Date,
): Promise<readonly ClockReading[]> {
  try {
    if (missingFile(config) !== null) return []
    return await withStore(env, async (db) => {
      if (db.dialect === 'sqlite') return []
      const at = await readClock(db)
      return [{ of: 'the database', aheadMs: now().getTime() - at.getTime() }]
    })
  } catch {
    // A database that cannot be asked has a finding of its own.
    return []
  }
}

/** Says nothing where all clocks agree. Where several do not, whose is wrong is plain to see. */
export function judgeClocks(readings: readonly ClockReading[]): readonly Finding[] {
  return readings
    .filter(({ aheadMs }) => Math.abs(aheadMs) > CLOCK_LIMIT_MS)
    .map(({ of, aheadMs }) => ({
      verdict: 'WRONG',
      what: 'clock',
      detail: `${(Math.abs(aheadMs) / 1000).toFixed(0)} s ${aheadMs > 0 ? 'ahead of' : 'behind'} the clock of ${of}: turn on time synchronisation`,
    }))
}
