import { type Database, isUnavailable, whyNotWritable, type WriteFault } from '@paikea/database'
import { withDeadline } from '../http/deadline.ts'

/** State of the database: `up` if a message could be stored now. */
export interface DatabaseHealth {
  readonly state: 'up' | 'down'
  readonly reason?: WriteFault
  /** The reason, in words. */
  readonly detail?: string
}

/** How long each result is cached, so that probes put no load on the database. */
export interface HoldTimes {
  /** Whether it is reachable: one read. */
  readonly reachableMs: number
  /** Whether it is writable: more expensive. A probe every second must not cause a write every second. */
  readonly writableMs: number
  /** That it is not writable: callers want to learn of its return soon. */
  readonly notWritableMs: number
}

const PING_TIMEOUT_MS = 2000
const HOLD_TIMES: HoldTimes = { reachableMs: 500, writableMs: 5_000, notWritableMs: 500 }

const WORDS: Record<WriteFault, string> = {
  unreachable: 'cannot be reached',
  'no-answer': 'does not answer or accept writes in time',
  locked: 'cannot be written: another writer holds a lock',
  'read-only': 'cannot be written: it is read-only',
  full: 'cannot be written: its disk is full',
  'no-tables': 'has no tables yet: the migrations have not been run',
  'not-prepared': 'is back, and its tables have not been checked yet',
  'no-right': 'cannot be written: its user lacks the privilege',
  broken: 'cannot be written: its file is damaged or its disk fails',
  unknown: 'cannot be written, for an unknown reason',
}

/** Checks whether the database is reachable and writable; concurrent and near-concurrent callers share a result. */
export function createDatabaseHealth(db: Pick<Database, 'ping' | 'tryWrite'>, hold = HOLD_TIMES) {
  const reachable = shared(() => ask(() => withDeadline(db.ping(), PING_TIMEOUT_MS), pingFault), hold.reachableMs)
  const writable = shared(
    () => ask(() => db.tryWrite(), whyNotWritable),
    ({ state }) => (state === 'up' ? hold.writableMs : hold.notWritableMs),
  )
  return async (): Promise<DatabaseHealth> => {
    const [reached, written] = await Promise.all([reachable(), writable()])
    return reached.state === 'down' ? reached : written
  }
}

function pingFault(error: unknown): WriteFault {
  return isUnavailable(error) ? 'unreachable' : 'no-answer'
}

async function ask(question: () => Promise<void>, faultOf: (error: unknown) => WriteFault): Promise<DatabaseHealth> {
  try {
    await question()
    return { state: 'up' }
  } catch (error) {
    const reason = faultOf(error)
    return { state: 'down', reason, detail: WORDS[reason] }
  }
}

/** Runs one check at a time and caches its result for a while. */
function shared(
  question: () => Promise<DatabaseHealth>,
  holdsFor: number | ((answer: DatabaseHealth) => number),
): () => Promise<DatabaseHealth> {
  let last: { readonly answer: Promise<DatabaseHealth>; until: number } | null = null
  return () => {
    if (last !== null && performance.now() < last.until) return last.answer
    const mine = { answer: question(), until: Number.POSITIVE_INFINITY }
    last = mine
    void mine.answer.then((answer) => {
      mine.until = performance.now() + (typeof holdsFor === 'number' ? holdsFor : holdsFor(answer))
    })
    return mine.answer
  }
}
