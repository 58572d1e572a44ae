import type { FieldReader } from './field-reader.ts'
import type { IridiumEstimate, ParseFailureReason, Position } from './message.ts'
import { isNullIsland } from './null-island.ts'

/** Result of a format's parser. */
export type FormatResult<Message> =
  { readonly ok: true; readonly message: Message } | { readonly ok: false; readonly reason: ParseFailureReason }

/** The highest MOMSN of a 9602/9603; after it the modem wraps to 0. */
export const HIGHEST_MOMSN = 65_535

/** Reads Iridium's estimate; the vendor sends 0, 0 if there is none. */
export function readIridium(reader: FieldReader, cepField: string): IridiumEstimate | null {
  const position = readPair(reader, 'iridium_latitude', 'iridium_longitude')
  const cepKm = reader.number(cepField, 0)
  if (position === null || isNullIsland(position)) return null
  return { ...position, cepKm }
}

/** Reads a device's own position; 0, 0 is not a position, and becomes a problem. */
export function readPosition(reader: FieldReader, latitudeField: string, longitudeField: string): Position | null {
  const position = readPair(reader, latitudeField, longitudeField)
  return position !== null && isNullIsland(position) ? reader.noteNullIsland(latitudeField, position) : position
}

/** Reads a pair of degrees; a position needs both. */
function readPair(reader: FieldReader, latitudeField: string, longitudeField: string): Position | null {
  const latitudeDegrees = reader.number(latitudeField, -90, 90)
  const longitudeDegrees = reader.number(longitudeField, -180, 180)
  if (latitudeDegrees !== null && longitudeDegrees !== null) return { latitudeDegrees, longitudeDegrees }
  if (latitudeDegrees !== null && reader.scalar(longitudeField) === null)
    reader.warn('missing-field', longitudeField, '')
  if (longitudeDegrees !== null && reader.scalar(latitudeField) === null)
    reader.warn('missing-field', latitudeField, '')
  return null
}

/** The fields a format does not know, kept as received. */
export function unknownAmong(
  fields: Readonly<Record<string, unknown>>,
  known: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  let unknown: Record<string, unknown> | null = null
  for (const name of Object.keys(fields)) {
    if (known.has(name)) continue
    unknown ??= {}
    Object.defineProperty(unknown, name, { value: fields[name], enumerable: true, configurable: true, writable: true })
  }
  return unknown ?? NONE
}

const NONE: Readonly<Record<string, unknown>> = Object.freeze({})
