import type { Row, Statement, Statements } from '../connection/statements.ts'
import { readNumber, readText, readTextOrNull, readTime, readTimeOrNull } from '../queries/statement.ts'
import type { KnownModem } from './modems.ts'
import type { PreparedMessage } from './prepare.ts'
import { sentAt } from './sent-at.ts'
import { isNoNews } from './time-of-day.ts'
import type { NewInbound } from './types.ts'
import { pairs } from './values.ts'

/**
 * A device that misses its acknowledgement repeats the session, and the vendor delivers the same number and payload
 * under another time or id. After more than a day it is a different message: counters are reset, they wrap, and the
 * portal's tests draw them at random.
 */
const MAX_APART_MS = 24 * 3_600_000

/** Items that an earlier message already contains, with that message's id. */
export type HeldBefore = ReadonlyMap<PreparedMessage, number>

/**
 * Whether an earlier message may be the same. A payload with a time of day has the same one in both: as the newest fix
 * of its modem it cannot have existed before.
 */
export function mayBeHeld({ report }: NewInbound, modem: KnownModem | undefined): boolean {
  if (modem === undefined) return false
  const fixAt = report?.hasFix === true ? report.fixAt : null
  return fixAt === null || isNoNews(fixAt, modem.newestFixAt)
}

/** The statement that finds messages of the same sessions, by IMEI. `null` if there are none to look for. */
export function selectSameSessions(
  dialect: Statements['dialect'],
  prepared: readonly PreparedMessage[],
): Statement | null {
  const values = prepared.flatMap(({ item }) => {
    const session = sessionOf(item)
    return session === null ? [] : [session.imei, session.momsn]
  })
  if (values.length === 0) return null
  // Both read the sessions first, then each modem, then its range in the index on (modem_id, momsn).
  const [sessions, join, exact] =
    dialect === 'sqlite'
      ? [`(SELECT column1 AS imei, column2 AS momsn FROM (VALUES ${pairs(values.length / 2)}))`, 'CROSS JOIN', '']
      : [`(${unionOfPairs(values.length / 2)})`, 'STRAIGHT_JOIN', 'COLLATE utf8mb4_bin']
  const sql = `SELECT m.id, m.duplicate_key, m.imei, m.momsn, m.transmit_time, m.received_at, m.payload
    FROM ${sessions} s ${join} modems x ON x.imei = s.imei ${exact}
      ${join} inbound_messages m ON m.modem_id = x.id AND m.momsn = s.momsn WHERE m.format <> 'core-push'`
  return { sql, values }
}

function unionOfPairs(count: number): string {
  return `SELECT ? AS imei, ? AS momsn${' UNION ALL SELECT ?, ?'.repeat(count - 1)}`
}

/** @param rows of the statement above */
export function readSameSessions(rows: readonly Row[], prepared: readonly PreparedMessage[]): HeldBefore {
  const held = new Map<PreparedMessage, number>()
  if (rows.length === 0) return held
  for (const one of prepared) {
    const { item } = one
    const session = sessionOf(item)
    if (session === null) continue
    const row = rows.find(
      (candidate) =>
        readTextOrNull(candidate, 'inbound_messages.imei') === session.imei &&
        readNumber(candidate, 'inbound_messages.momsn') === session.momsn &&
        // A copy by the vendor itself: the insert detects it.
        readText(candidate, 'inbound_messages.duplicate_key') !== item.duplicateKey &&
        isNear(sentAtOf(candidate), sentAt(item)) &&
        isSamePayload(candidate['payload'], session.payload),
    )
    if (row !== undefined) held.set(one, readNumber(row, 'inbound_messages.id'))
  }
  return held
}

/** Whether two items of one batch are one message. */
export function isSameSession(one: NewInbound, other: NewInbound): boolean {
  const [a, b] = [sessionOf(one), sessionOf(other)]
  if (a === null || b === null || a.imei !== b.imei || a.momsn !== b.momsn) return false
  return isNear(sentAt(one), sentAt(other)) && isSamePayload(a.payload, b.payload)
}

function sentAtOf(row: Row): Date {
  const transmitTime = readTimeOrNull(row, 'inbound_messages.transmit_time')
  return sentAt({ transmitTime, receivedAt: readTime(row, 'inbound_messages.received_at') })
}

interface Session {
  readonly imei: string
  readonly momsn: number
  readonly payload: Uint8Array
}

function sessionOf({ imei, momsn, payload, isKnownByPayload }: NewInbound): Session | null {
  return imei === null || momsn === null || payload === null || !isKnownByPayload ? null : { imei, momsn, payload }
}

function isNear(one: Date, other: Date): boolean {
  return Math.abs(one.getTime() - other.getTime()) <= MAX_APART_MS
}

function isSamePayload(stored: unknown, payload: Uint8Array): boolean {
  return stored instanceof Uint8Array && Buffer.compare(stored, payload) === 0
}
