import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { sentAt } from '../store-batch/sent-at.ts'
import { MAX_LOOKS, selectAll } from './select-all.ts'
import { readNumber, readNumberOrNull, readTime, readTimeOrNull } from './statement.ts'

/** Session numbers of a modem that no message came under. */
export interface MomsnGap {
  /** The first that is missing. */
  readonly from: number
  /** The last one; less than `from` where the numbers began anew in between. */
  readonly to: number
  /** When the last message before the gap was sent. */
  readonly since: Date
}

interface Session {
  readonly momsn: number
  readonly sentAt: Date
}

/** So many of a modem's last messages are looked at, where it is one of many and where it is asked for alone. */
const LOOK_BACK = { many: 50, one: 1_000 }
/** So many gaps are shown. */
const MAX_GAPS = 50
const NUMBERS = 65_536
/** A session takes longer than that. More numbers than could be used meanwhile were not skipped: the counter was set anew, or it is a test of the portal's. */
const MIN_SESSION_MS = 5_000
/** So many may be missing whatever the times say. */
const ALWAYS_POSSIBLE = 1_000

/** What is missing between the session numbers of each of these modems, the latest gap first. */
export async function listMomsnGaps(
  db: Database,
  args: { readonly modemIds: readonly number[] },
  tx?: Transaction,
): Promise<ReadonlyMap<number, readonly MomsnGap[]>> {
  // No condition on the number: MariaDB would read all that the modem ever sent by the index that has it.
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
      // Numbers of trackers (Core Push) are their own, and several of their messages share one.
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

/** @param sessions in the order they were stored in, which decides between those of one time */
export function gapsBetween(sessions: readonly Session[]): readonly MomsnGap[] {
  const gaps: MomsnGap[] = []
  let last: Session | null = null
  /** Where the numbers stood before they jumped: they may go on from there. */
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
