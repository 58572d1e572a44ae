import { columnTime, type Row, type SqlValue, type Statements } from '../connection/statements.ts'
import { readNumber, readNumberOrNull, readText, readTime } from '../queries/statement.ts'
import type { Assignment } from './modems.ts'
import { type BeliefRules, horizonMs, judgeFix, type KnownFix } from './plausible.ts'
import type { Reporting } from './reporting.ts'
import { stateTime } from './state-time.ts'

/** An earlier suspect fix that is now trusted, with the fields that the latest state keeps. */
export interface ConfirmedFix {
  readonly messageId: number
  readonly modemId: number
  readonly deviceId: number
  readonly at: Date
  readonly latitude: number
  readonly longitude: number
  readonly sogKnots: number | null
  readonly cogDegrees: number | null
}

/** Where a known fix is: in the tables, in this batch, or only in the device's last state. */
interface Known extends KnownFix {
  readonly messageId: number | null
  readonly stored: ConfirmedFix | null
}

/** SQLite combines at most 500 SELECTs; a look is four, each nested in another. */
const MAX_LOOKS = 50

/**
 * Determines which of the new fixes are suspect, by message id, and which earlier ones become trusted. A repeat is not
 * a fix here: it confirms nothing.
 */
export async function judgeFixes(
  sql: Statements,
  reporting: readonly Reporting[],
  { maxKnots }: BeliefRules,
): Promise<{ readonly suspects: ReadonlySet<number>; readonly confirmed: readonly ConfirmedFix[] }> {
  const byDevice = groupByDevice(reporting)
  const neighbours = await findNeighbours(sql, [...byDevice.values()].filter(needsLook), maxKnots)
  const suspects = new Set<number>()
  const confirmed: ConfirmedFix[] = []
  for (const [deviceId, { device, fixes }] of byDevice) {
    const known = [...(neighbours.get(deviceId) ?? lastFixOf(device))]
    for (const fix of fixes) {
      const judged = judgeFix(fix, known, maxKnots[device.kind])
      if (!judged.isBelieved) suspects.add(fix.messageId)
      for (const { messageId, stored } of judged.confirmed) {
        if (stored !== null) confirmed.push(stored)
        else if (messageId !== null) suspects.delete(messageId)
      }
      known.push({ ...fix, isBelieved: judged.isBelieved, stored: null })
    }
  }
  return { suspects, confirmed }
}

interface NewFix {
  readonly messageId: number
  readonly at: Date
  readonly latitude: number
  readonly longitude: number
}

interface NewFixes {
  readonly device: Assignment
  readonly fixes: NewFix[]
}

function groupByDevice(reporting: readonly Reporting[]): ReadonlyMap<number, NewFixes> {
  const byDevice = new Map<number, NewFixes>()
  for (const { message, report } of reporting) {
    const { device, id: messageId } = message
    const { hasFix, latitude, longitude } = report
    const at = stateTime(report, message.item.receivedAt)
    if (device === null || !hasFix || latitude === null || longitude === null) continue
    const fix = { messageId, at, latitude, longitude }
    const before = byDevice.get(device.deviceId)
    if (before === undefined) byDevice.set(device.deviceId, { device, fixes: [fix] })
    else before.fixes.push(fix)
  }
  return byDevice
}

/** Nearly always the new ones are later than the last one, which is trusted and all there is to compare with. */
function needsLook({ device, fixes }: NewFixes): boolean {
  const { lastFix, suspectAt } = device
  if (lastFix === null) return suspectAt !== null
  if (suspectAt !== null && suspectAt > lastFix.at) return true
  return fixes.some(({ at }) => at <= lastFix.at)
}

function lastFixOf({ lastFix }: Assignment): readonly Known[] {
  return lastFix === null ? [] : [{ ...lastFix, isBelieved: true, messageId: null, stored: null }]
}

const COLUMNS =
  'r.message_id, r.modem_id, r.device_id, r.at, r.latitude, r.longitude, r.sog_knots, r.cog_degrees, r.quality'
/** Repeats carry the time of what they repeat. */
const FIXES = `FROM reports r WHERE r.device_id = ? AND r.has_fix = 1 AND r.repeat_of_id IS NULL`
const SIDES = [
  { span: 'r.at <= ? AND r.at >= ?', order: 'r.at DESC', side: -1 },
  { span: 'r.at >= ? AND r.at <= ?', order: 'r.at ASC', side: 1 },
] as const
const LOOK = SIDES.flatMap(({ span, order }) =>
  [`r.quality <> 'suspect'`, `r.quality = 'suspect'`].map(
    (quality) => `SELECT * FROM (SELECT ${COLUMNS} ${FIXES} AND ${quality} AND ${span} ORDER BY ${order} LIMIT 1) AS x`,
  ),
).join(' UNION ALL ')

/** For each of these devices, the trusted and suspect fixes adjacent in time to the new ones. */
async function findNeighbours(
  sql: Statements,
  devices: readonly NewFixes[],
  maxKnots: BeliefRules['maxKnots'],
): Promise<ReadonlyMap<number, readonly Known[]>> {
  const found = new Map<number, Known[]>(devices.map(({ device }) => [device.deviceId, []]))
  const looks = devices.flatMap(({ device, fixes }) => fixes.map(({ at }) => lookValues(sql, device, at, maxKnots)))
  for (let start = 0; start < looks.length; start += MAX_LOOKS) {
    const some = looks.slice(start, start + MAX_LOOKS)
    const rows = await sql.all(some.map(() => LOOK).join(' UNION ALL '), some.flat())
    for (const row of rows) {
      const known = found.get(readNumber(row, 'reports.device_id'))
      const fix = readFix(row)
      if (fix !== null && known?.some(({ messageId }) => messageId === fix.messageId) === false) known.push(fix)
    }
  }
  return found
}

function lookValues(
  sql: Statements,
  { deviceId, kind }: Assignment,
  at: Date,
  maxKnots: BeliefRules['maxKnots'],
): readonly SqlValue[] {
  const horizon = horizonMs(maxKnots[kind])
  return SIDES.flatMap(({ side }) => {
    const end = new Date(at.getTime() + side * horizon)
    const one = [deviceId, columnTime(sql.dialect, at), columnTime(sql.dialect, end)]
    return [...one, ...one]
  })
}

function readFix(row: Row): Known | null {
  const latitude = readNumberOrNull(row, 'reports.latitude')
  const longitude = readNumberOrNull(row, 'reports.longitude')
  if (latitude === null || longitude === null) return null
  const fix = { messageId: readNumber(row, 'reports.message_id'), at: readTime(row, 'reports.at'), latitude, longitude }
  if (readText(row, 'reports.quality') !== 'suspect') return { ...fix, isBelieved: true, stored: null }
  const stored = {
    ...fix,
    sogKnots: readNumberOrNull(row, 'reports.sog_knots'),
    cogDegrees: readNumberOrNull(row, 'reports.cog_degrees'),
    modemId: readNumber(row, 'reports.modem_id'),
    deviceId: readNumber(row, 'reports.device_id'),
  }
  return { ...fix, isBelieved: false, stored }
}
