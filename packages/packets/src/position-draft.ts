import { readCoordinate } from './coordinate.ts'
import { readTimeOfDay } from './fix-time.ts'
import { readDecimal, readWhole } from './numbers.ts'
import type { ProblemList } from './problem-list.ts'
import { malformed, read, type Reading } from './reading.ts'

/** What has been read of a position packet so far; fields are independent of each other. */
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

/** A known field: its name on the wire, and how its value enters the draft. */
export interface FieldRule {
  readonly name: string
  readonly bit: number
  /** Parses the value into the draft; an unreadable value leaves the draft unchanged. */
  readonly take: (raw: string, draft: PositionDraft) => Reading<unknown>
}

const SPEED = { min: 0, max: 999, unit: 'knots' }
const COURSE = { min: 0, max: 360, unit: 'degrees' }
const VOLTAGE = { min: 0, max: 99, unit: 'volts' }
const STATUS = /^[0-9A-Fa-f]{1,2}$/

/** The known fields of position packets. PK004 has no keys but the same fields. */
const RULES: readonly FieldRule[] = [
  rule(0, 'lat', readCoordinate, (draft, value) => (draft.latitude = value)),
  rule(1, 'NS', readNorthSouth, (draft, value) => (draft.northSouth = value)),
  rule(2, 'lon', readCoordinate, (draft, value) => (draft.longitude = value)),
  rule(3, 'EW', readEastWest, (draft, value) => (draft.eastWest = value)),
  rule(4, 'utc', readTimeOfDay, (draft, value) => (draft.timeOfDayMs = value)),
  rule(
    5,
    'sog',
    (raw) => readDecimal(raw, SPEED),
    (draft, value) => (draft.sogKnots = value),
  ),
  rule(
    6,
    'cog',
    (raw) => readDecimal(raw, COURSE),
    (draft, value) => (draft.cogDegrees = value),
  ),
  rule(7, 'sta', readStatus, (draft, value) => (draft.status = value)),
  rule(
    8,
    'batt',
    (raw) => readDecimal(raw, VOLTAGE),
    (draft, value) => (draft.batteryVolts = value),
  ),
  rule(9, 'int', readWhole, (draft, value) => (draft.intervalMinutes = value)),
  rule(10, 'sl', readWhole, (draft, value) => (draft.sleepMinutes = value)),
  rule(11, 'st', readWhole, (draft, value) => (draft.reasonCode = value)),
]
const RULE_BY_NAME: ReadonlyMap<string, FieldRule> = new Map(RULES.map((known) => [known.name, known]))
/** Without these there is no dated fix. */
const NEEDED = RULES.slice(0, 5)
const NEEDED_BITS = 0b11111

/** A draft without any values. */
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

/** The rule for a key of the wire, undefined for an unknown one. */
export function ruleFor(key: string): FieldRule | undefined {
  return RULE_BY_NAME.get(key)
}

/**
 * Takes one field into the draft. Empty and `None` (which a v2 device prints from Python) count as not sent; of a
 * repeated field the last readable value counts.
 */
export function takeField(draft: PositionDraft, known: FieldRule, raw: string, problems: ProblemList): void {
  if (raw === '' || raw === 'None') return
  const { name, bit, take } = known
  if ((draft.seen & bit) !== 0) problems.add(name, 'repeated', 'came before, the last readable value counts', raw)
  draft.seen |= bit
  const reading = take(raw, draft)
  if (!reading.ok) problems.add(name, reading.code, reading.detail, raw)
}

/** Records the missing fields that a dated fix requires. */
export function noteMissing(draft: PositionDraft, problems: ProblemList): void {
  if ((draft.seen & NEEDED_BITS) === NEEDED_BITS) return
  for (const { name, bit } of NEEDED) {
    if ((draft.seen & bit) === 0) problems.add(name, 'missing', 'is missing or empty', '')
  }
}

function rule<T>(
  index: number,
  name: string,
  reader: (raw: string) => Reading<T>,
  set: (draft: PositionDraft, value: T) => void,
): FieldRule {
  const take = (raw: string, draft: PositionDraft): Reading<T> => {
    const reading = reader(raw)
    if (reading.ok) set(draft, reading.value)
    return reading
  }
  return { name, bit: 1 << index, take }
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
