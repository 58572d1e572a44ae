/**
 * Format C, Cloudloop "JSON (Lingo)": JSON, unsigned (put a secret into the address).
 *
 * ```
 * { id: UUID, receivedAt: T,
 *   identity: { accountId, subscriber: { id, … }, hardware: { type, imei, serial, … }, thingId, … },
 *   sbd: { imei, cdrReference, momsn, mtmsn, sessionAt: T, status, location: { latitude, longitude, cep } }   // one of
 *   imt: { topic, messageId, size, crcError, …, location? },                                                         // these
 *   message: base64,                                                                                          // absent = session only
 *   decoded: { p6 } }                                                                 // of a tracker: see `p6.ts`
 * T = { year, month, day, hour, minute, second }, UTC
 * ```
 */
import { decodeBase64 } from './binary-text.ts'
import { FieldReader, LONGEST_SERIAL, excerpt, scalarText, type FieldSource } from './field-reader.ts'
import { unknownAmong, type FormatResult } from './format-parser.ts'
import type { CloudloopMessage, IridiumEstimate } from './message.ts'
import { isNullIsland } from './null-island.ts'
import { readP6 } from './p6.ts'
import { readSessionStatus } from './session-status.ts'
import { parseTimeObject } from './vendor-time.ts'

type Members = Readonly<Record<string, unknown>>

const REQUIRED = ['id', 'message', 'identity', 'sbd', 'imt']
const KNOWN: ReadonlySet<string> = new Set([...REQUIRED, 'receivedAt', 'decoded'])
const NO_BYTES = new Uint8Array(0)
const NO_MEMBERS: Members = Object.freeze({})
const LONGEST_ID = 200

export function parseCloudloop(
  source: FieldSource,
  raw: Uint8Array,
  receivedAt: Date | undefined,
): FormatResult<CloudloopMessage> {
  const reader = new FieldReader(source, REQUIRED)
  const { fields } = reader
  const identity = membersOf(fields['identity'])
  const hardware = membersOf(identity['hardware'])
  const service = serviceOf(fields)
  const session = service === null ? NO_MEMBERS : membersOf(fields[service])

  const id = requiredId(reader)
  const imei = requiredImei(reader, session, hardware)
  const transmitTime = sessionTime(reader, session)
  const payload = readPayload(reader)
  if (reader.fault !== null) return { ok: false, reason: reader.fault }

  const deliveredAt = timeOf(reader, 'receivedAt', fields['receivedAt'])
  reader.checkNotAhead('sbd.sessionAt', transmitTime, receivedAt)
  const message: CloudloopMessage = {
    format: 'cloudloop',
    id,
    service,
    imei,
    serial: scalarText(hardware['serial'])?.slice(0, LONGEST_SERIAL) || null,
    momsn: reader.count(`${service}.momsn`, session['momsn'] ?? null),
    // IMT reports no session time: the gateway's receipt is the closest substitute.
    transmitTime: transmitTime ?? deliveredAt,
    receivedAt: deliveredAt,
    payload,
    deviceType: scalarText(hardware['type']),
    jwt: null,
    encoding: source.encoding,
    iridium: readLocation(reader, `${service}.location`, session['location']),
    sessionStatus: readSessionStatus(session['status']),
    sessionStatusText: scalarText(session['status']),
    accountId: scalarText(identity['accountId']),
    subscriberId: scalarText(identity['subscriber']) ?? scalarText(membersOf(identity['subscriber'])['id']),
    thingId: scalarText(identity['thingId']),
    mtmsn: reader.count(`${service}.mtmsn`, session['mtmsn'] ?? null),
    cdrReference: scalarText(session['cdrReference']),
    topic: scalarText(session['topic']),
    imtMessageId: scalarText(session['messageId']),
    isDamaged: isTrue(membersOf(fields['imt'])['crcError']),
    p6: readP6(reader),
    fields,
    unknownFields: unknownAmong(fields, KNOWN),
    problems: reader.problems,
    raw,
  }
  return { ok: true, message }
}

/** The members of an object; none for anything else. */
export function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? { ...value } : NO_MEMBERS
}

/** Which of the two parts that describe a session is present. */
export function serviceOf(fields: Members): 'sbd' | 'imt' | null {
  if (membersOf(fields['sbd']) !== NO_MEMBERS) return 'sbd'
  return membersOf(fields['imt']) !== NO_MEMBERS ? 'imt' : null
}

function requiredId(reader: FieldReader): string {
  const id = reader.fields['id']
  if (id === undefined || id === null) reader.fail('missing-field', 'id', 'not sent')
  else if (typeof id !== 'string' || id === '' || id.length > LONGEST_ID) reader.fail('bad-id', 'id', excerpt(id))
  return typeof id === 'string' ? id : ''
}

function requiredImei(reader: FieldReader, session: Members, hardware: Members): string {
  const inSession = session['imei']
  if (inSession !== undefined && inSession !== null) {
    const imei = reader.requiredImei('sbd.imei', inSession)
    // Empty means it was not entered at the vendor's; a different one means a mix-up there, or a replaced modem.
    const other = scalarText(hardware['imei']) || imei
    if (other !== imei) reader.warn('imei-mismatch', 'identity.hardware.imei', other)
    return imei
  }
  return reader.requiredImei('identity.hardware.imei', hardware['imei'] ?? null)
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true'
}

/** A session time that is present but unreadable is fatal, as in the other formats. */
function sessionTime(reader: FieldReader, session: Members): Date | null {
  const value = session['sessionAt']
  if (value === undefined || value === null) return null
  const time = parseTimeObject(value)
  if (time === null) reader.fail('bad-time', 'sbd.sessionAt', `a time object expected, not ${excerpt(value)}`)
  return time
}

function timeOf(reader: FieldReader, field: string, value: unknown): Date | null {
  if (value === undefined || value === null) return null
  return parseTimeObject(value) ?? reader.warn('bad-time', field, value)
}

function readPayload(reader: FieldReader): Uint8Array {
  const text = reader.fields['message']
  if (text === undefined || text === null) return NO_BYTES
  const payload = typeof text === 'string' ? decodeBase64(text) : null
  if (payload === null) reader.fail('not-base64', 'message', `base64 expected, not ${excerpt(text)}`)
  return payload ?? NO_BYTES
}

function readLocation(reader: FieldReader, field: string, value: unknown): IridiumEstimate | null {
  const location = membersOf(value)
  const latitudeDegrees = reader.numberOf(`${field}.latitude`, location['latitude'], -90, 90)
  const longitudeDegrees = reader.numberOf(`${field}.longitude`, location['longitude'], -180, 180)
  const cepKm = reader.numberOf(`${field}.cep`, location['cep'], 0)
  if (latitudeDegrees === null || longitudeDegrees === null) return null
  return isNullIsland({ latitudeDegrees, longitudeDegrees }) ? null : { latitudeDegrees, longitudeDegrees, cepKm }
}
