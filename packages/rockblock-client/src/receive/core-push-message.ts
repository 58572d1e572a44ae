/**
 * Format B, the Core Push API of RockSTAR, RockAIR and other trackers: a flat body, JSON (with `JWT`) or form.
 *
 * `id` (text) is the vendor's key against duplicates. Times are ISO 8601 with `Z`. A user's text is in `message`, bytes
 * are in `userData` (hex), a position is in `lat`/`lon` with `sog` (knots), `cog`, `alt` (m); `cep` is in kilometres.
 * Which fields are present depends on the report. Cloudloop's deprecated "JSON (Core)" is the same with the bytes in
 * `data`. One satellite message may arrive as two pushes with the same imei and momsn but different ids, one with the
 * position from GPS and one from Iridium.
 */
import { decodeSpacedHex } from './binary-text.ts'
import { FieldReader, excerpt, type FieldSource } from './field-reader.ts'
import { readIridium, readPosition, unknownAmong, type FormatResult } from './format-parser.ts'
import type { CorePushMessage } from './message.ts'
import { parseIsoTime } from './vendor-time.ts'

const REQUIRED = ['id', 'imei', 'transmit_time', 'message', 'userData', 'data']
const KNOWN: ReadonlySet<string> = new Set([
  ...REQUIRED,
  ...['device_type', 'serial', 'momsn', 'transport', 'txAt', 'at', 'trigger', 'source', 'JWT'],
  ...['iridium_latitude', 'iridium_longitude', 'cep', 'lat', 'lon', 'sog', 'cog', 'averageSog', 'averageCog', 'alt'],
  ...['pdop', 'temp', 'battery', 'power', 'ack_request', 'message_ack', 'alert', 'waypoint', 'beacons', 'ext_ref'],
  ...['appMessageAddress', 'appMessageContent'],
])
const NO_BYTES = new Uint8Array(0)
const LONGEST_ID = 200
const encoder: TextEncoder = new TextEncoder()

export function parseCorePush(
  source: FieldSource,
  raw: Uint8Array,
  receivedAt: Date | undefined,
): FormatResult<CorePushMessage> {
  const reader = new FieldReader(source, REQUIRED)
  const id = requiredId(reader)
  const imei = imeiOrSerial(reader)
  const transmitTime = timeIfSent(reader)
  const text = reader.text('message', Infinity)
  const userData = readBytes(reader)
  const payload = userData ?? (text === null ? NO_BYTES : encoder.encode(text))
  if (reader.fault !== null) return { ok: false, reason: reader.fault }

  reader.checkNotAhead('transmit_time', transmitTime, receivedAt)
  const message: CorePushMessage = {
    format: 'core-push',
    id,
    imei,
    serial: reader.serial(),
    momsn: reader.count('momsn'),
    transmitTime,
    payload,
    deviceType: reader.text('device_type'),
    jwt: reader.text('JWT', Infinity),
    encoding: source.encoding,
    iridium: readIridium(reader, 'cep'),
    sessionStatus: null,
    transport: reader.text('transport'),
    trigger: reader.text('trigger'),
    source: reader.text('source'),
    at: reader.time('at', parseIsoTime),
    txAt: reader.time('txAt', parseIsoTime),
    position: readPosition(reader, 'lat', 'lon'),
    sogKnots: reader.number('sog', 0),
    cogDegrees: reader.number('cog', 0, 360),
    averageSogKnots: reader.number('averageSog', 0),
    averageCogDegrees: reader.number('averageCog', 0, 360),
    altitudeMetres: reader.number('alt'),
    pdop: reader.number('pdop', 0),
    temperatureCelsius: reader.number('temp'),
    batteryPercent: reader.number('battery', 0, 100),
    externalPower: reader.boolean('power'),
    text,
    userData,
    ackRequest: reader.text('ack_request'),
    messageAck: reader.text('message_ack'),
    fields: source.fields,
    unknownFields: unknownAmong(source.fields, KNOWN),
    problems: reader.problems,
    raw,
  }
  return { ok: true, message }
}

function requiredId(reader: FieldReader): string {
  const id = reader.scalar('id')
  if (id === null) reader.fail('missing-field', 'id', 'not sent')
  else if (id === '' || id.length > LONGEST_ID) reader.fail('bad-id', 'id', `1..${LONGEST_ID} characters expected`)
  return id ?? ''
}

/** A missing time is recorded as a problem; a wrong one is fatal, since the report would appear at the wrong moment. */
function timeIfSent(reader: FieldReader): Date | null {
  const text = reader.scalar('transmit_time')
  if (text === null || text === '') return reader.warn('missing-field', 'transmit_time', '')
  const time = parseIsoTime(text)
  if (time === null) reader.fail('bad-time', 'transmit_time', `ISO 8601 in UTC expected, not ${excerpt(text)}`)
  return time
}

/** The bytes that the device sent, if any. */
function readBytes(reader: FieldReader): Uint8Array | null {
  const field = reader.scalar('userData') ? 'userData' : 'data'
  const hex = reader.scalar(field)
  if (hex === null || hex === '') return null
  const bytes = decodeSpacedHex(hex)
  if (bytes === null) reader.fail('not-hex', field, `pairs of hex digits expected, not ${excerpt(hex)}`)
  return bytes
}

/** Some pushes name a tracker by its serial alone. */
function imeiOrSerial(reader: FieldReader): string | null {
  return !reader.scalar('imei') && reader.scalar('serial') ? null : reader.requiredImei('imei')
}
