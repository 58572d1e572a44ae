/**
 * Position packets, device to server.
 *
 * - `PK001;lat:3749.5074,NS:N,lon:12216.6021,EW:W,utc:030501.086,sog:0.5,cog:12,sta:00,batt:4.7`: `key:value`, any order
 * - `PK101;lat:3530.0000,NS:N,lon:12200.0000,EW:W,utc:191049,batt:4.2,int:20,sl:0,st:3`: the same; development builds
 *   send PK001 with the fields of PK101
 * - `PK004;3749.5074,N,12216.6021,W,0.5,12,030501.000,00`: the values in this order
 */
import { sliceWithoutBlanks } from './blanks.ts'
import { resolveFixTime } from './fix-time.ts'
import { isNullIsland } from './null-island.ts'
import { emptyDraft, noteMissing, ruleFor, takeField, type PositionDraft } from './position-draft.ts'
import { ProblemList } from './problem-list.ts'
import type { DecodeContext, PositionReport, ReportReason } from './report.ts'
import { UnknownFields } from './unknown-fields.ts'

const REASONS: readonly ReportReason[] = [
  'normal',
  'power-on',
  'woke-or-retried',
  'configuration-changed',
  'command-refused',
]

const PK004_FIELDS = ['lat', 'NS', 'lon', 'EW', 'sog', 'cog', 'utc', 'sta'].flatMap((name) => ruleFor(name) ?? [])

/** What a GPS time-out looks like; other coordinates beyond the globe are worth a problem. */
const NO_FIX_DEGREES = 999

/** Decodes the fields of PK001 and PK101. */
export function decodeKeyedPosition(
  packetType: 'PK001' | 'PK101',
  body: string,
  context: DecodeContext,
): PositionReport {
  const draft = emptyDraft()
  const problems = new ProblemList()
  const unknown = new UnknownFields(problems)
  for (let start = 0; start <= body.length;) {
    const comma = body.indexOf(',', start)
    const end = comma === -1 ? body.length : comma
    const colon = body.indexOf(':', start)
    if (colon === -1 || colon >= end) {
      const part = sliceWithoutBlanks(body, start, end)
      if (part !== '') problems.add('', 'no-key', 'is no key:value pair', part)
    } else {
      const key = sliceWithoutBlanks(body, start, colon)
      const value = sliceWithoutBlanks(body, colon + 1, end)
      const known = ruleFor(key)
      if (known !== undefined) takeField(draft, known, value, problems)
      else if (key === '') problems.add('', 'no-key', 'has an empty key', value)
      else unknown.keep(key, value)
    }
    start = end + 1
  }
  return finish(packetType, draft, context, problems, unknown)
}

/** Decodes the values of PK004. */
export function decodePositionalPosition(body: string, context: DecodeContext): PositionReport {
  const draft = emptyDraft()
  const problems = new ProblemList()
  const unknown = new UnknownFields(problems)
  let index = 0
  for (let start = 0; start <= body.length; index++) {
    const comma = body.indexOf(',', start)
    const end = comma === -1 ? body.length : comma
    const value = sliceWithoutBlanks(body, start, end)
    const known = PK004_FIELDS[index]
    if (known !== undefined) takeField(draft, known, value, problems)
    else if (value !== '') {
      problems.add(String(index + 1), 'extra-value', `is beyond the ${PK004_FIELDS.length} values of the packet`, value)
      unknown.keep(String(index + 1), value)
    }
    start = end + 1
  }
  return finish('PK004', draft, context, problems, unknown)
}

function finish(
  packetType: PositionReport['packetType'],
  draft: PositionDraft,
  context: DecodeContext,
  problems: ProblemList,
  unknown: UnknownFields,
): PositionReport {
  noteMissing(draft, problems)
  const isUsable = judgeCoordinates(draft, problems)
  const latitudeDegrees = isUsable ? withSign(draft.latitude, draft.northSouth) : null
  const longitudeDegrees = isUsable ? withSign(draft.longitude, draft.eastWest) : null
  const hasFix = latitudeDegrees !== null && longitudeDegrees !== null
  const transmitTime = validOrNull(context.transmitTime)
  // Without a fix the time comes from the device's own clock, which counts from 1970 until the first fix.
  const fixAt = hasFix ? dateFix(draft.timeOfDayMs, transmitTime ?? context.receivedAt, problems) : null
  const { status, reasonCode } = draft
  return {
    kind: 'position',
    packetType,
    hasFix,
    latitudeDegrees,
    longitudeDegrees,
    fixAt,
    fixSkewSeconds: fixAt === null || transmitTime === null ? null : (transmitTime.getTime() - fixAt.getTime()) / 1000,
    sogKnots: draft.sogKnots,
    cogDegrees: draft.cogDegrees,
    batteryVolts: draft.batteryVolts,
    intervalMinutes: draft.intervalMinutes,
    sleepMinutes: draft.sleepMinutes,
    reasonCode,
    reason: reasonCode === null ? null : (REASONS[reasonCode] ?? 'unknown'),
    status,
    beaconOn: status === null ? null : (Number.parseInt(status, 16) & 1) === 1,
    unknownFields: unknown.fields,
    problems: problems.list,
  }
}

/** One coordinate out of range invalidates both: that is how the device says "no fix". Others say it with 0, 0. */
function judgeCoordinates({ latitude, longitude }: PositionDraft, problems: ProblemList): boolean {
  const isLatitudeOut = latitude !== null && latitude > 90
  const isLongitudeOut = longitude !== null && longitude > 180
  if (isLatitudeOut && latitude !== NO_FIX_DEGREES) {
    problems.add('lat', 'out-of-range', 'is beyond 90 degrees: no fix', String(latitude))
  }
  if (isLongitudeOut && longitude !== NO_FIX_DEGREES) {
    problems.add('lon', 'out-of-range', 'is beyond 180 degrees: no fix', String(longitude))
  }
  const isNowhere = latitude !== null && longitude !== null && isNullIsland(latitude, longitude)
  if (isNowhere)
    problems.add('lat', 'null-island', 'is at 0, 0 with the longitude: no fix', `${latitude}, ${longitude}`)
  return !isLatitudeOut && !isLongitudeOut && !isNowhere
}

function withSign(degrees: number | null, sign: 1 | -1 | null): number | null {
  if (degrees === null || sign === null) return null
  return degrees === 0 ? 0 : degrees * sign // never -0
}

function validOrNull(date: Date | null): Date | null {
  return date === null || Number.isNaN(date.getTime()) ? null : date
}

function dateFix(timeOfDayMs: number | null, near: Date, problems: ProblemList): Date | null {
  if (timeOfDayMs === null) return null
  const fixAt = resolveFixTime(timeOfDayMs, near)
  if (fixAt === null) problems.add('utc', 'no-date', 'there is no valid time to take the date from', '')
  return fixAt
}
