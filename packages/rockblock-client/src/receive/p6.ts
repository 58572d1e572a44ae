/**
 * P6, the vendor's binary protocol of RockSTAR and other trackers, as Cloudloop decodes it into its pushes:
 *
 * ```
 * decoded: { p6: { status: boolean, error: ["ERROR_…"], messages: [ { mo: {
 *   type: "MO_MESSAGE_AUTO_POSITION_REPORT[_NO_FIX]" | "MO_MESSAGE_TEXT" | …, powerStatus: boolean,
 *   position: { standard: { at: { year, month, day, hour, minute, second }, latlng: { latitude, longitude }, … } },
 *   textMessage: { message } } } ] } }
 * ```
 *
 * Members that are zero are left out: 16:00:00 comes as `hour: 16` alone, the equator without `latitude`. A position stands in
 * `position` itself or in a member of it, named after its encoding.
 */
import { scalarText, type FieldReader } from './field-reader.ts'
import type { P6Content, Position } from './message.ts'
import { isNullIsland } from './null-island.ts'
import { parseTimeObject } from './vendor-time.ts'

type Members = Readonly<Record<string, unknown>>

const NO_MEMBERS: Members = Object.freeze({})
/** A payload has 340 bytes; nothing decoded from one contains more. */
const MOST_MESSAGES = 32
const FIELD = 'decoded.p6'
const NO_FIX = /_NO_FIX$/

/** The vendor's decoding of a P6 payload; `null` if the push has no such part. */
export function readP6(reader: FieldReader): P6Content | null {
  const p6 = membersOf(membersOf(reader.fields['decoded'])['p6'])
  if (p6 === NO_MEMBERS) return null
  const messages = Array.isArray(p6['messages']) ? p6['messages'].slice(0, MOST_MESSAGES) : []
  const parts = messages.map((message) => readMo(reader, membersOf(membersOf(message)['mo'])))
  const read = parts.filter((part) => part !== null)
  const report = read.find((part) => part.report !== null)?.report ?? null
  return {
    type: read[0]?.type ?? null,
    hasReport: report !== null,
    ...(report ?? NO_REPORT),
    externalPower: read[0]?.externalPower ?? null,
    text: read.find((part) => part.text !== null)?.text ?? null,
    unread: messages.length === 0 ? 1 : parts.length - read.length,
    why: whyNotRead(p6, messages),
  }
}

type ReportPart = Pick<P6Content, 'at' | 'position' | 'sogKnots' | 'cogDegrees' | 'altitudeMetres'>

const NO_REPORT: ReportPart = { at: null, position: null, sogKnots: null, cogDegrees: null, altitudeMetres: null }

/** One part of a payload. */
interface Part {
  readonly type: string | null
  readonly externalPower: boolean | null
  readonly report: ReportPart | null
  readonly text: string | null
}

function readMo(reader: FieldReader, mo: Members): Part | null {
  const type = scalarText(mo['type'])
  const text = textIn(mo)
  const isReport = mo['position'] !== undefined || (type !== null && NO_FIX.test(type))
  if (text === null && !isReport) return null
  return { type, externalPower: powerIn(mo), report: isReport ? readReport(reader, mo, type) : null, text }
}

function powerIn(mo: Members): boolean | null {
  const power = mo['powerStatus']
  return typeof power === 'boolean' ? power : null
}

function textIn(mo: Members): string | null {
  const message = mo['textMessage']
  if (typeof message === 'string') return message
  const { message: words, text } = membersOf(message)
  return scalarText(words) ?? scalarText(text)
}

function readReport(reader: FieldReader, mo: Members, type: string | null): ReportPart {
  const report = reportIn(membersOf(mo['position']))
  const latlng = membersOf(report['latlng'])
  const at = timeIn(reader, report['at'])
  if (latlng === NO_MEMBERS || (type !== null && NO_FIX.test(type))) return { ...NO_REPORT, at }
  return {
    at,
    position: positionIn(reader, latlng),
    sogKnots: reader.numberOf(`${FIELD}.sog`, report['sog'], 0),
    cogDegrees: reader.numberOf(`${FIELD}.cog`, report['cog'], 0, 360),
    altitudeMetres: reader.numberOf(`${FIELD}.altitude`, report['altitude']),
  }
}

/** The members of the report itself: in `position`, or in the one member of it that has them. */
function reportIn(position: Members): Members {
  if ('latlng' in position || 'at' in position) return position
  for (const member of Object.values(position)) {
    const inner = membersOf(member)
    if ('latlng' in inner || 'at' in inner) return inner
  }
  return NO_MEMBERS
}

function positionIn(reader: FieldReader, latlng: Members): Position | null {
  const latitudeDegrees = reader.numberOf(`${FIELD}.latitude`, latlng['latitude'] ?? 0, -90, 90)
  const longitudeDegrees = reader.numberOf(`${FIELD}.longitude`, latlng['longitude'] ?? 0, -180, 180)
  if (latitudeDegrees === null || longitudeDegrees === null) return null
  const position = { latitudeDegrees, longitudeDegrees }
  return isNullIsland(position) ? reader.noteNullIsland(`${FIELD}.latlng`, position) : position
}

function timeIn(reader: FieldReader, value: unknown): Date | null {
  const members = membersOf(value)
  if (members === NO_MEMBERS) return null
  return parseTimeObject({ hour: 0, minute: 0, second: 0, ...members }) ?? reader.warn('bad-time', `${FIELD}.at`, value)
}

function whyNotRead(p6: Members, messages: readonly unknown[]): string {
  const errors = Array.isArray(p6['error']) ? p6['error'] : [p6['error']]
  const words = errors.flatMap((error: unknown) => scalarText(error) ?? [])
  const types = messages.flatMap((message) => scalarText(membersOf(membersOf(message)['mo'])['type']) ?? [])
  const [list, nothing] = [words.length > 0 ? words : types, 'the vendor decoded nothing of it']
  return list.length === 0 ? nothing : list.join(', ').slice(0, 200)
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? { ...value } : NO_MEMBERS
}
