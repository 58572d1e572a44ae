import { columnTime, type Row, type SqlValue, type Statement, type Statements } from '../connection/statements.ts'
import type { DeviceKind } from '@paikea/domain'
import {
  readNumber,
  readNumberOrNull,
  readText,
  readTextOrNull,
  readTime,
  readTimeOrNull,
} from '../queries/statement.ts'
import { readColumn } from '../sql/column.ts'
import { DEVICES } from '../tables/devices.ts'
import type { Fix } from './plausible.ts'
import type { NewInbound } from './types.ts'
import { clip, marks } from './values.ts'

/** A modem as the batch found or created it, and its present and past devices. */
export interface KnownModem {
  readonly id: number
  readonly imei: string
  readonly serial: string | null
  /** This batch holds its first message. */
  readonly isHeardFirst: boolean
  /** Over all its reports so far. */
  readonly newestFixAt: Date | null
  readonly assignments: readonly Assignment[]
}

/** By IMEI. */
export type KnownModems = ReadonlyMap<string, KnownModem>

export interface Assignment {
  readonly deviceId: number
  readonly iam: string
  readonly groupId: number
  readonly kind: DeviceKind
  readonly fromAt: Date
  readonly toAt: Date | null
  /** The last trusted one. */
  readonly lastFix: Fix | null
  /** Time of the newest suspect one. */
  readonly suspectAt: Date | null
}

/** What a batch contains about its modems, by IMEI. */
export type HeardOfModems = ReadonlyMap<string, Heard>

interface Heard {
  readonly seenAt: Date
  readonly serial: string | null
}

/**
 * Collects what the batch contains about each modem, sorted by IMEI, so that two processes lock modems in the same
 * order.
 */
export function hearModems(items: readonly NewInbound[]): HeardOfModems {
  const heard = new Map<string, Heard>()
  for (const { imei, receivedAt, serial } of items) {
    if (imei === null) continue
    const before = heard.get(imei)
    heard.set(imei, { seenAt: before?.seenAt ?? receivedAt, serial: before?.serial ?? clip(serial, 20) })
  }
  return new Map([...heard].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/**
 * Finds the batch's modems by IMEI, and creates an unclaimed one for each unknown IMEI. In MySQL this also locks them
 * for the rest of the transaction, so that two processes do not handle the same modem at once. Known modems are not
 * updated: that would be another write per message, and the newest message tells when the modem was last heard.
 *
 * @param look further reads to run once they are locked, in the same round trip
 */
export async function findModems(
  sql: Statements,
  heard: HeardOfModems,
  look: Statement | null,
): Promise<{ readonly modems: KnownModems; readonly seen: readonly Row[] }> {
  const looks = look === null ? [] : [look]
  const selects = heard.size === 0 ? [] : selectModems(sql.dialect, [...heard.keys()])
  const results = selects.length + looks.length === 0 ? [] : await sql.together([...selects, ...looks])
  const known = new Map(readModems(results.slice(0, selects.length)))
  const unknown = [...heard.keys()].filter((imei) => !known.has(imei))
  let seen = results[selects.length] ?? []
  if (unknown.length > 0) {
    await insert(sql, unknown, heard)
    const again = selectModems(sql.dialect, unknown)
    // Another process may have created them meanwhile, and stored messages for them.
    const found = await sql.together([...again, ...looks])
    for (const [imei, modem] of readModems(found.slice(0, again.length))) known.set(imei, modem)
    seen = found[again.length] ?? []
  }
  await fillInModems(sql, known, heard)
  return { modems: known, seen }
}

/** Recorded once: when a manually entered modem was first heard, and its serial. */
async function fillInModems(sql: Statements, known: KnownModems, heard: HeardOfModems): Promise<void> {
  for (const [imei, { id, serial, isHeardFirst }] of known) {
    const of = heard.get(imei)
    if (of === undefined || !(isHeardFirst || (serial === null && of.serial !== null))) continue
    await sql.run(
      'UPDATE modems SET first_seen_at = COALESCE(first_seen_at, ?), serial = COALESCE(serial, ?) WHERE id = ?',
      [columnTime(sql.dialect, of.seenAt), of.serial, id],
    )
  }
}

async function insert(sql: Statements, imeis: readonly string[], heard: HeardOfModems): Promise<void> {
  const now = columnTime(sql.dialect, new Date())
  const values = imeis.flatMap((imei): SqlValue[] => {
    const of = heard.get(imei)
    const seenAt = columnTime(sql.dialect, of?.seenAt ?? null)
    return [imei, of?.serial ?? null, 0, seenAt, now]
  })
  // Another process may create the same one concurrently.
  const ifThere = sql.dialect === 'sqlite' ? 'ON CONFLICT (imei) DO NOTHING' : 'ON DUPLICATE KEY UPDATE id = id'
  await sql.run(
    `INSERT INTO modems (imei, serial, claimed, first_seen_at, created_at)
     VALUES ${`(${marks(5)}),`.repeat(imeis.length).slice(0, -1)} ${ifThere}`,
    values,
  )
}

const NEWEST_FIX = `(SELECT r.fix_at FROM reports r WHERE r.modem_id = m.id ORDER BY r.fix_at DESC LIMIT 1) AS newest_fix_at`

/**
 * Reads, and in MySQL locks, the modems of these IMEIs. In MySQL the newest fixes are read afterwards: a statement that
 * waits for a lock sees other tables as they were before the wait, and would miss the report of the transaction it
 * waited for.
 */
function selectModems(dialect: Statements['dialect'], imeis: readonly string[]): readonly Statement[] {
  const where = `WHERE m.imei IN (${marks(imeis.length)})`
  const select = (newestFix: string, lock: string): Statement => ({
    sql: `SELECT m.id, m.imei, m.serial, m.first_seen_at, a.from_at, a.to_at, d.id AS device_id, d.iam, d.group_id, d.kind,
       s.last_fix_at, s.latitude, s.longitude, s.suspect_at${newestFix}
     FROM modems m
     LEFT JOIN modem_assignments a ON a.modem_id = m.id
     LEFT JOIN devices d ON d.id = a.device_id
     LEFT JOIN device_states s ON s.device_id = d.id
     ${where}${lock}`,
    values: imeis,
  })
  if (dialect === 'sqlite') return [select(`, ${NEWEST_FIX}`, '')]
  return [select('', ' FOR UPDATE'), { sql: `SELECT m.imei, ${NEWEST_FIX} FROM modems m ${where}`, values: imeis }]
}

/** @param results the rows of each statement of `selectModems` */
function readModems(results: readonly Row[][]): KnownModems {
  const newestFixes = new Map(
    (results.at(-1) ?? []).map((row) => [
      readText(row, 'modems.imei'),
      readTimeOrNull(row, 'reports.fix_at AS newest_fix_at'),
    ]),
  )
  const modems = new Map<string, KnownModem & { assignments: Assignment[] }>()
  for (const row of results[0] ?? []) {
    const imei = readText(row, 'modems.imei')
    let modem = modems.get(imei)
    if (modem === undefined) {
      modem = {
        id: readNumber(row, 'modems.id'),
        imei,
        serial: readTextOrNull(row, 'modems.serial'),
        isHeardFirst: readTimeOrNull(row, 'modems.first_seen_at') === null,
        newestFixAt: newestFixes.get(imei) ?? null,
        assignments: [],
      }
      modems.set(imei, modem)
    }
    const assignment = readAssignment(row)
    if (assignment !== null) modem.assignments.push(assignment)
  }
  return modems
}

function readAssignment(row: Row): Assignment | null {
  const deviceId = readNumberOrNull(row, 'devices.id AS device_id')
  if (deviceId === null) return null
  return {
    deviceId,
    iam: readText(row, 'devices.iam'),
    groupId: readNumber(row, 'devices.group_id'),
    kind: readColumn(DEVICES.columns.kind, row['kind']),
    fromAt: readTime(row, 'modem_assignments.from_at'),
    toAt: readTimeOrNull(row, 'modem_assignments.to_at'),
    lastFix: readLastFix(row),
    suspectAt: readTimeOrNull(row, 'device_states.suspect_at'),
  }
}

function readLastFix(row: Row): Fix | null {
  const at = readTimeOrNull(row, 'device_states.last_fix_at')
  const latitude = readNumberOrNull(row, 'device_states.latitude')
  const longitude = readNumberOrNull(row, 'device_states.longitude')
  return at === null || latitude === null || longitude === null ? null : { at, latitude, longitude }
}

/**
 * The device a message belongs to: the one the modem was in when the message was sent, even if it arrives days late,
 * after the modem was moved or that device retired. What was sent before the modem was first attached to a device
 * belongs to that device; what was sent while it was in none, to none.
 */
export function deviceFor({ assignments }: KnownModem, sent: Date): Assignment | null {
  const at = sent.getTime()
  let first: Assignment | null = null
  let found: Assignment | null = null
  for (const assignment of assignments) {
    const { fromAt, toAt } = assignment
    if (first === null || fromAt < first.fromAt) first = assignment
    const isThen = fromAt.getTime() <= at && (toAt === null || at < toAt.getTime())
    if (isThen && (found === null || fromAt > found.fromAt)) found = assignment
  }
  return found ?? (first !== null && at < first.fromAt.getTime() ? first : null)
}
