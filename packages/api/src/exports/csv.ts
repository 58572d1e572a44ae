import { isoTime, roundDegrees } from './numbers.ts'
import type { Track, TrackFix, Tracks } from './track.ts'

const COLUMNS = [
  'iam',
  'time',
  'latitude',
  'longitude',
  'sog_knots',
  'cog_degrees',
  'battery_volts',
  'interval_minutes',
  'quality',
  'problems',
  'received_at',
  'message_id',
] as const

/** Fields of a fix it writes: all of them. */
export const CSV_FIELDS = [
  'latitudeDegrees',
  'longitudeDegrees',
  'sogKnots',
  'cogDegrees',
  'batteryVolts',
  'intervalMinutes',
  'quality',
  'problems',
  'receivedAt',
  'messageId',
] as const

/**
 * Tracks as CSV (RFC 4180, CRLF): one fix per line, times in ISO 8601 UTC, coordinates in decimal degrees. An empty
 * field means that the device did not report the value.
 */
export async function* writeCsv(tracks: Tracks): AsyncGenerator<string> {
  yield `${COLUMNS.join(',')}\r\n`
  for await (const track of tracks) {
    for await (const page of track.fixes) yield page.map((fix) => lineOf(track, fix)).join('')
  }
}

function lineOf({ iam }: Track, fix: TrackFix): string {
  const cells = [
    quote(iam),
    isoTime(fix.at),
    roundDegrees(fix.latitudeDegrees),
    roundDegrees(fix.longitudeDegrees),
    fix.sogKnots ?? '',
    fix.cogDegrees ?? '',
    fix.batteryVolts ?? '',
    fix.intervalMinutes ?? '',
    fix.quality,
    fix.problems.join(' '),
    isoTime(fix.receivedAt),
    fix.messageId,
  ]
  return `${cells.join(',')}\r\n`
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
