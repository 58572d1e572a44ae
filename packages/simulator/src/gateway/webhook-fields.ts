import { batteryPercentAt } from '../devices/battery.ts'
import type { DeviceSpec, WebhookStyle } from '../devices/device-spec.ts'
import type { Fix } from '../devices/firmware.ts'
import { chanceAt, seedOf } from '../devices/random.ts'

/** One session as the vendor's webhook reports it. */
export interface ReportedSession {
  readonly spec: Pick<DeviceSpec, 'imei' | 'serial' | 'kind'>
  readonly style: WebhookStyle
  readonly momsn: number
  readonly mtmsn: number
  readonly payload: Uint8Array
  readonly transmitAtMs: number
  /** Simulated time, which batteries run on. */
  readonly nowMs: number
  readonly at: { readonly latitudeDegrees: number; readonly longitudeDegrees: number } | null
  /** A tracker's report; only the Core Push API has fields for it. */
  readonly fix?: Fix | undefined
  /** A sequence number that makes ids unique. */
  readonly number: number
}

/** The fields of the vendor's webhook, in the format that this modem uses. */
export function webhookFields(session: ReportedSession): Record<string, unknown> {
  switch (session.style) {
    case 'form':
    case 'json':
    case 'json-jwt':
      return rockBlockFields(session)
    case 'core-push':
      return corePushFields(session)
    case 'cloudloop':
    case 'cloudloop-imt':
      return cloudloopFields(session)
  }
}

function rockBlockFields(session: ReportedSession): Record<string, unknown> {
  const estimate = estimateOf(session)
  return {
    imei: session.spec.imei,
    device_type: 'ROCKBLOCK',
    serial: session.spec.serial,
    momsn: session.momsn,
    transmit_time: new Date(session.transmitAtMs).toISOString().slice(2, 19).replace('T', ' '),
    iridium_latitude: estimate.latitude,
    iridium_longitude: estimate.longitude,
    iridium_cep: estimate.cepKm,
    iridium_session_status: estimate.isUnreliable ? 2 : 0,
    data: Buffer.from(session.payload).toString('hex'),
  }
}

function corePushFields(session: ReportedSession): Record<string, unknown> {
  const estimate = estimateOf(session)
  const time = isoSeconds(session.transmitAtMs)
  const text = new TextDecoder().decode(session.payload)
  const place = session.fix ?? session.at
  const position =
    place === null
      ? {}
      : { lat: rounded(place.latitudeDegrees, 5), lon: rounded(place.longitudeDegrees, 5), source: 'GPS' }
  return {
    id: idText(session),
    imei: session.spec.imei,
    device_type: 'ROCKSTAR',
    serial: session.spec.serial,
    momsn: session.momsn,
    transport: 'IRIDIUM',
    transmit_time: time,
    txAt: time,
    at: session.fix === undefined ? time : isoSeconds(session.fix.atMs),
    iridium_latitude: estimate.latitude,
    iridium_longitude: estimate.longitude,
    cep: estimate.cepKm,
    trigger: text === '' ? 'ROUTINE' : 'MESSAGE',
    ...position,
    ...(session.fix === undefined ? {} : trackerFields(session, session.fix)),
    ...(text === '' ? {} : { message: text }),
  }
}

/** What a tracker reports besides its position. */
function trackerFields({ spec, nowMs }: ReportedSession, fix: Fix): Record<string, unknown> {
  return {
    sog: rounded(fix.sogKnots, 1),
    cog: Math.round(fix.cogDegrees) % 360,
    alt: 0,
    battery: batteryPercentAt(seedOf(spec.imei), nowMs),
    power: false,
  }
}

function cloudloopFields(session: ReportedSession): Record<string, unknown> {
  const { imei, serial } = session.spec
  const isImt = session.style === 'cloudloop-imt'
  return {
    id: uuidOf(session),
    receivedAt: timeObject(session.transmitAtMs + 1000),
    identity: {
      accountId: 'simulated-account',
      subscriber: { id: `subscriber-${serial}`, type: `SUBSCRIBER_TYPE_${isImt ? 'IMT' : 'SBD'}`, description: '' },
      hardware: { id: `hardware-${serial}`, type: 'HARDWARE_TYPE_ROCKBLOCK', imei, serial: String(serial) },
      thingId: `thing-${imei}`,
    },
    ...(isImt ? { imt: imtFields(session) } : { sbd: sbdFields(session) }),
    ...(session.payload.length === 0 ? {} : { message: Buffer.from(session.payload).toString('base64') }),
  }
}

/** A session of a 9602 or 9603 modem. */
function sbdFields(session: ReportedSession): Record<string, unknown> {
  const { latitude, longitude, cepKm } = estimateOf(session)
  return {
    imei: session.spec.imei,
    cdrReference: String(3_000_000_000 + session.number),
    momsn: session.momsn,
    mtmsn: session.mtmsn,
    sessionAt: timeObject(session.transmitAtMs),
    status: 'SESSION_STATUS_OK',
    location: { latitude, longitude, cep: cepKm },
  }
}

/** A message of a 9704 modem: no MOMSN, no session time, and a location only if the network has one. */
function imtFields(session: ReportedSession): Record<string, unknown> {
  const { latitude, longitude, cepKm } = estimateOf(session)
  return {
    topic: 'RAW',
    messageId: session.number,
    size: session.payload.length,
    ...(session.at === null ? {} : { location: { latitude, longitude, cep: cepKm } }),
  }
}

/** Iridium's estimate of the modem's location: kilometres off, or 0,0 when unknown. */
function estimateOf(session: ReportedSession): {
  latitude: number
  longitude: number
  cepKm: number
  isUnreliable: boolean
} {
  if (session.at === null) return { latitude: 0, longitude: 0, cepKm: 0, isUnreliable: true }
  const seed = seedOf(session.spec.imei) + session.number
  const cepKm = 2 + Math.floor(chanceAt(seed, 0) ** 3 * 90)
  const off = (chance: number): number => ((chance - 0.5) * 2 * cepKm) / 111.12
  return {
    latitude: rounded(session.at.latitudeDegrees + off(chanceAt(seed, 1)), 4),
    longitude: rounded(session.at.longitudeDegrees + off(chanceAt(seed, 2)), 4),
    cepKm,
    isUnreliable: chanceAt(seed, 3) < 0.03,
  }
}

function timeObject(atMs: number): Record<string, number> {
  const at = new Date(atMs)
  return {
    year: at.getUTCFullYear(),
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
    hour: at.getUTCHours(),
    minute: at.getUTCMinutes(),
    second: at.getUTCSeconds(),
  }
}

function isoSeconds(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** 32 letters, like the vendor's ids; deterministic per session. */
function idText(session: ReportedSession): string {
  const seed = seedOf(`${session.spec.imei} ${session.number} ${session.transmitAtMs}`)
  return Array.from({ length: 32 }, (_, index) => LETTERS[Math.floor(chanceAt(seed, index) * LETTERS.length)]).join('')
}

function uuidOf(session: ReportedSession): string {
  const seed = seedOf(`${session.spec.imei} ${session.number} ${session.transmitAtMs}`)
  const hex = Array.from({ length: 32 }, (_, index) => Math.floor(chanceAt(seed, index) * 16).toString(16)).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
