import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { sentAt } from '../store-batch/sent-at.ts'
import { MAX_LOOKS, selectAll } from './select-all.ts'
import { readNumber, readNumberOrNull, readTime, readTimeOrNull } from './statement.ts'

/** Session numbers of a modem under which no message arrived. */
export interface MomsnGap {
  /** The first missing one. */
  readonly from: number
  /** The last missing one; less than `from` if the numbers wrapped in between. */
  readonly to: number
  /** When the last message before the gap was sent. */
  readonly since: Date
}

interface Session {
  readonly momsn: number
  readonly sentAt: Date
}

/** How many of a modem's last messages are examined: in a list, and for a single modem. */
const LOOK_BACK = { many: 50, one: 1_000 }
/** Gaps shown at most. */
const MAX_GAPS = 50
const NUMBERS = 65_536
/**
 * A session takes longer than this. If more numbers are missing than could have been used meanwhile, they were not
 * skipped: the counter was reset, or it is a test message of the portal.
 */
const MIN_SESSION_MS = 5_000
/** This many may be missing whatever the times say. */
const ALWAYS_POSSIBLE = 1_000

/** Gaps in the session numbers of each of these modems, latest first. */
export async function listMomsnGaps(
  db: Database,
  args: { readonly modemIds: readonly number[] },
  tx?: Transaction,
): Promise<ReadonlyMap<number, readonly MomsnGap[]>> {
  // No condition on the number: MariaDB would use that index and read all that the modem ever sent.
  const sql = `SELECT id, modem_id, momsn, format, transmit_time, received_at FROM inbound_messages
    WHERE modem_id = ? ORDER BY id DESC LIMIT ?`
  const lookBack = args.modemIds.length > 1 ? LOOK_BACK.many : LOOK_BACK.one
  const sessions = new Map<number, Session[]>()
  for (let start = 0; start < args.modemIds.length; start += MAX_LOOKS) {
    const some = args.modemIds.slice(start, start + MAX_LOOKS)
    const values = some.flatMap((modemId) => [modemId, lookBack])
    const rows = await selectAll(db, { sql, count: some.length, values }, tx)
    for (const row of rows.toSorted(
      (a, b) => readNumber(a, 'inbound_messages.id') - readNumber(b, 'inbound_messages.id'),
    )) {
      const receivedAt = readTime(row, 'inbound_messages.received_at')
      const momsn = readNumberOrNull(row, 'inbound_messages.momsn')
      // Trackers (Core Push) number independently, and several of their messages share one.
      if (momsn === null || row['format'] === 'core-push') continue
      const session = {
        momsn,
        sentAt: sentAt({ transmitTime: readTimeOrNull(row, 'inbound_messages.transmit_time'), receivedAt }),
      }
      const modemId = readNumber(row, 'inbound_messages.modem_id')
      const known = sessions.get(modemId)
      if (known === undefined) sessions.set(modemId, [session])
      else known.push(session)
    }
  }
  return new Map([...sessions].map(([modemId, ofModem]) => [modemId, gapsBetween(ofModem)]))
}

/** @param sessions in the order they were stored, which breaks ties of time */
export function gapsBetween(sessions: readonly Session[]): readonly MomsnGap[] {
  const gaps: MomsnGap[] = []
  let last: Session | null = null
  /** The session before the numbers jumped: they may continue from there. */
  let beforeJump: Session | null = null
  for (const session of sessions.toSorted((a, b) => a.sentAt.getTime() - b.sentAt.getTime())) {
    const start: Session | null = [last, beforeJump].find((from) => from !== null && follows(from, session)) ?? null
    if (start === null) beforeJump = last
    else {
      const missing = stepsBetween(start, session) - 1
      if (missing > 0) gaps.push({ from: wrap(start.momsn + 1), to: wrap(session.momsn - 1), since: start.sentAt })
      if (start === beforeJump) beforeJump = null
    }
    last = session
  }
  return gaps.reverse().slice(0, MAX_GAPS)
}

function follows(from: Session, to: Session): boolean {
  const possible = Math.max(ALWAYS_POSSIBLE, (to.sentAt.getTime() - from.sentAt.getTime()) / MIN_SESSION_MS)
  return stepsBetween(from, to) <= Math.min(possible, NUMBERS / 2)
}

function stepsBetween(from: Session, to: Session): number {
  return wrap(to.momsn - from.momsn)
}

function wrap(momsn: number): number {
  return (momsn + NUMBERS) % NUMBERS
}
