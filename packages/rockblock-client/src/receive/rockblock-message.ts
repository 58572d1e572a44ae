/**
 * Format A, the RockBLOCK portal's webhook for 9602/9603 modems.
 *
 * | field | JSON type | example |
 * | --- | --- | --- |
 * | imei | string | 15 digits |
 * | serial | number | 16949 |
 * | momsn | number | 0..65535, +1 per successful session, wraps to 0 |
 * | transmit_time | string | `21-10-31 10:41:50`, UTC, two-digit year first |
 * | iridium_latitude, iridium_longitude | number | Iridium's estimate, 0,0 = none |
 * | iridium_cep | number | `101.0`, kilometres |
 * | data | string | hex, may be empty or `null` (mailbox check); blanks in it are passed over |
 * | device_type | string | `ROCKBLOCK` |
 * | iridium_session_status | number | missing in the portal's test deliveries |
 * | JWT | string | JSON deliveries only |
 *
 * In forms all values are text. Order varies; unknown fields may appear.
 */
import { decodeSpacedHex } from './binary-text.ts'
import { FieldReader, excerpt, type FieldSource } from './field-reader.ts'
import { HIGHEST_MOMSN, readIridium, unknownAmong, type FormatResult } from './format-parser.ts'
import type { RockBlockMessage } from './message.ts'
import { parseShortTime } from './vendor-time.ts'

const REQUIRED = ['imei', 'momsn', 'transmit_time', 'data']
const KNOWN: ReadonlySet<string> = new Set([
  ...REQUIRED,
  'serial',
  'iridium_latitude',
  'iridium_longitude',
  'iridium_cep',
  'device_type',
  'iridium_session_status',
  'JWT',
])
const NO_BYTES = new Uint8Array(0)
const LONG_AGO = new Date(0)

export function parseRockBlock(
  source: FieldSource,
  raw: Uint8Array,
  receivedAt: Date | undefined,
): FormatResult<RockBlockMessage> {
  const reader = new FieldReader(source, REQUIRED)
  const imei = reader.requiredImei('imei')
  const momsn = reader.requiredWhole('momsn', HIGHEST_MOMSN)
  const transmitTime = requiredTime(reader)
  const payload = requiredHex(reader)
  if (reader.fault !== null) return { ok: false, reason: reader.fault }

  reader.checkNotAhead('transmit_time', transmitTime, receivedAt)
  const message: RockBlockMessage = {
    format: 'rockblock',
    imei,
    serial: reader.serial(),
    momsn,
    transmitTime,
    payload,
    deviceType: reader.text('device_type'),
    jwt: reader.text('JWT', Infinity),
    encoding: source.encoding,
    iridium: readIridium(reader, 'iridium_cep'),
    sessionStatus: reader.count('iridium_session_status'),
    fields: source.fields,
    unknownFields: unknownAmong(source.fields, KNOWN),
    problems: reader.problems,
    raw,
  }
  return { ok: true, message }
}

function requiredTime(reader: FieldReader): Date {
  const text = reader.scalar('transmit_time')
  const time = parseShortTime(text ?? '')
  if (text === null) reader.fail('missing-field', 'transmit_time', 'not sent')
  else if (time === null) reader.fail('bad-time', 'transmit_time', `YY-MM-DD HH:MM:SS expected, not ${excerpt(text)}`)
  return time ?? LONG_AGO
}

function requiredHex(reader: FieldReader): Uint8Array {
  const text = reader.fields['data']
  if (text === null) return NO_BYTES
  if (text === undefined) {
    reader.fail('missing-field', 'data', 'not sent')
    return NO_BYTES
  }
  const payload = typeof text === 'string' ? decodeSpacedHex(text) : null
  if (payload === null) reader.fail('not-hex', 'data', `pairs of hex digits expected, not ${excerpt(text)}`)
  return payload ?? NO_BYTES
}
