import { readCoordinate } from './coordinate.ts'
import { readTimeOfDay } from './fix-time.ts'
import { readDecimal, readWhole } from './numbers.ts'
import type { ProblemList } from './problem-list.ts'
import { malformed, read, type Reading } from './reading.ts'

/** What has been read of a position packet so far; each field on its own, whatever the others hold. */
export interface PositionDraft {
  latitude: number | null
  northSouth: 1 | -1 | null
  longitude: number | null
  eastWest: 1 | -1 | null
  timeOfDayMs: number | null
  sogKnots: number | null
  cogDegrees: number | null
  status: string | null
  batteryVolts: number | null
  intervalMinutes: number | null
  sleepMinutes: number | null
  reasonCode: number | null
  /** One bit for each known field that came with a value, readable or not. */
  seen: number
}

/** The known fields of position packets, by their names on the wire. */
export type PositionField = 'lat' | 'NS' | 'lon' | 'EW' | 'utc' | 'sog' | 'cog' | 'sta' | 'batt' | 'int' | 'sl' | 'st'

interface FieldRule {
  readonly bit: number
  /** Reads the value into the draft; a value that cannot be read leaves the draft as it was. */
  readonly take: (raw: string, draft: PositionDraft) => Reading<unknown>
}

const SPEED = { min: 0, max: 999, unit: 'knots' }
const COURSE = { min: 0, max: 360, unit: 'degrees' }
const VOLTAGE = { min: 0, max: 99, unit: 'volts' }
const STATUS = /^[0-9A-Fa-f]{1,2}$/

const RULES: Readonly<Record<PositionField, FieldRule>> = {
  lat: rule(0, readCoordinate, (draft, value) => (draft.latitude = value)),
  NS: rule(1, readNorthSouth, (draft, value) => (draft.northSouth = value)),
  lon: rule(2, readCoordinate, (draft, value) => (draft.longitude = value)),
  EW: rule(3, readEastWest, (draft, value) => (draft.eastWest = value)),
  utc: rule(4, readTimeOfDay, (draft, value) => (draft.timeOfDayMs = value)),
  sog: rule(
    5,
    (raw) => readDecimal(raw, SPEED),
    (draft, value) => (draft.sogKnots = value),
  ),
  cog: rule(
    6,
    (raw) => readDecimal(raw, COURSE),
    (draft, value) => (draft.cogDegrees = value),
  ),
  sta: rule(7, readStatus, (draft, value) => (draft.status = value)),
  batt: rule(
    8,
    (raw) => readDecimal(raw, VOLTAGE),
    (draft, value) => (draft.batteryVolts = value),
  ),
  int: rule(9, readWhole, (draft, value) => (draft.intervalMinutes = value)),
  sl: rule(10, readWhole, (draft, value) => (draft.sleepMinutes = value)),
  st: rule(11, readWhole, (draft, value) => (draft.reasonCode = value)),
}

/** A draft of which nothing has been read. */
export function emptyDraft(): PositionDraft {
  return {
    latitude: null,
    northSouth: null,
    longitude: null,
    eastWest: null,
    timeOfDayMs: null,
    sogKnots: null,
    cogDegrees: null,
    status: null,
    batteryVolts: null,
    intervalMinutes: null,
    sleepMinutes: null,
    reasonCode: null,
    seen: 0,
  }
}

/** True where a key of the wire is a known field. */
export function isPositionField(key: string): key is PositionField {
  return Object.hasOwn(RULES, key)
}

/**
 * Takes one field into the draft. Empty and `None` (a v2 device prints Python's) count as not sent; of a repeated
 * field the last readable value counts.
 */
export function takeField(draft: PositionDraft, field: PositionField, raw: string, problems: ProblemList): void {
  if (raw === '' || raw === 'None') return
  const { bit, take } = RULES[field]
  if ((draft.seen & bit) !== 0) problems.add(field, 'repeated', 'came before, the last readable value counts', raw)
  draft.seen |= bit
  const reading = take(raw, draft)
  if (!reading.ok) problems.add(field, reading.code, reading.detail, raw)
}

/** Notes the fields without which there is no dated fix. */
export function noteMissing(draft: PositionDraft, problems: ProblemList): void {
  for (const field of ['lat', 'NS', 'lon', 'EW', 'utc'] as const) {
    if ((draft.seen & RULES[field].bit) === 0) problems.add(field, 'missing', 'is missing or empty', '')
  }
}

function rule<T>(
  index: number,
  reader: (raw: string) => Reading<T>,
  set: (draft: PositionDraft, value: T) => void,
): FieldRule {
  const take = (raw: string, draft: PositionDraft): Reading<T> => {
    const reading = reader(raw)
    if (reading.ok) set(draft, reading.value)
    return reading
  }
  return { bit: 1 << index, take }
}

function readNorthSouth(raw: string): Reading<1 | -1> {
  if (raw === 'N') return read(1)
  if (raw === 'S') return read(-1)
  return malformed('is neither N nor S')
}

function readEastWest(raw: string): Reading<1 | -1> {
  if (raw === 'E') return read(1)
  if (raw === 'W') return read(-1)
  return malformed('is neither E nor W')
}

function readStatus(raw: string): Reading<string> {
  return STATUS.test(raw) ? read(raw) : malformed('is not two hexadecimal digits')
}
