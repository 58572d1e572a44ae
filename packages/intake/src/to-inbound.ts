import type { NewInbound, Problem } from '@paikea/database'
import { isIncomplete, isPositionUnreliable, type MoMessage, type ParseFailure } from '@paikea/rockblock-client'

import type { AdmittedBy } from './delivery.ts'
import type { ReadDelivery } from './read-delivery.ts'
import { toProblems } from './problems.ts'
import type { Reading } from './read-packet.ts'
import { readMessage, type ReadOptions } from './read-message.ts'
import { judgeTransmission, type Transmission } from './transmission.ts'

/** Converts a delivery to a row. One that cannot be decoded becomes quarantined, with the reason. */
export function toInbound(
  { delivery, parsed, key }: ReadDelivery,
  admission: { readonly admittedBy: AdmittedBy; readonly verificationNote: string | null },
  options: ReadOptions,
): NewInbound {
  const { receivedAt, sourceAddress, contentType, body } = delivery
  return {
    duplicateKey: key,
    format: (parsed.ok ? parsed.message.format : parsed.format) ?? delivery.format,
    receivedAt,
    verifiedBy: admission.admittedBy,
    verificationNote: admission.verificationNote,
    sourceAddress,
    contentType,
    rawBody: body,
    ...(parsed.ok ? fromMessage(parsed.message, receivedAt, options) : fromFailure(parsed)),
  }
}

type Contents = Omit<
  NewInbound,
  | 'duplicateKey'
  | 'format'
  | 'receivedAt'
  | 'verifiedBy'
  | 'verificationNote'
  | 'sourceAddress'
  | 'contentType'
  | 'rawBody'
>

function fromMessage(message: MoMessage, receivedAt: Date, options: ReadOptions): Contents {
  const transmission = judgeTransmission(message, receivedAt)
  const reading = readMessage(message, transmission, options)
  return {
    imei: message.imei,
    serial: message.serial,
    momsn: inColumn(message.momsn),
    transmitTime: transmission.shown,
    state: reading.ok ? 'accepted' : 'quarantined',
    reasonCode: reading.ok ? null : reading.code,
    reasonDetail: reading.ok ? null : reading.detail,
    packetType: reading.packetType,
    payload: message.payload,
    decoded: reading.ok ? reading.decoded : null,
    ...iridiumOf(message),
    isIridiumReliable: !isPositionUnreliable(message.sessionStatus),
    sessionStatus: inColumn(message.sessionStatus),
    problems: problemsOf(message, transmission, reading.ok ? reading.problems : []),
    isKnownByPayload: !isTracker(message, reading),
    isDatedByDay: reading.ok && reading.isDatedByDay,
    report: reading.ok ? reading.report : null,
  }
}

/** The vendor decoded it, and sends the result next to the payload. */
function isTracker(message: MoMessage, reading: Reading): boolean {
  if (message.format === 'core-push' || (!reading.ok && reading.code === 'p6-not-read')) return true
  return message.format === 'cloudloop' && message.p6 !== null
}

function problemsOf(message: MoMessage, transmission: Transmission, found: readonly Problem[]): readonly Problem[] {
  const { problems, sessionStatus, format } = message
  if (problems.length + transmission.problems.length + found.length === 0 && !isIncomplete(sessionStatus)) return found
  const incomplete: Problem = {
    field: format === 'cloudloop' ? 'sbd.status' : 'iridium_session_status',
    code: 'incomplete',
    message: 'the link was lost during the session: the payload may be truncated',
  }
  return [
    ...transmission.problems,
    // Already judged above, with the consequence in its text.
    ...toProblems(problems).filter(({ code }) => code !== 'time-in-future'),
    ...(isIncomplete(sessionStatus) ? [incomplete] : []),
    ...found,
  ]
}

/** The position computed by Iridium (format B), in the fields where the other formats have it. */
function iridiumOf(message: MoMessage): Pick<Contents, 'iridiumLatitude' | 'iridiumLongitude' | 'iridiumCepKm'> {
  const worked = message.format === 'core-push' && message.source === 'IRIDIUM' ? message.position : null
  const estimate = message.iridium ?? (worked === null ? null : { ...worked, cepKm: null })
  return {
    iridiumLatitude: estimate?.latitudeDegrees ?? null,
    iridiumLongitude: estimate?.longitudeDegrees ?? null,
    iridiumCepKm: estimate?.cepKm ?? null,
  }
}

function fromFailure({ reason, partial }: ParseFailure): Contents {
  return {
    // The parser does not check this; only a plausible IMEI may create a modem.
    imei: partial.imei !== null && /^\d{15}$/.test(partial.imei) ? partial.imei : null,
    serial: partial.serial,
    momsn: inColumn(partial.momsn),
    transmitTime: partial.transmitTime,
    state: 'quarantined',
    reasonCode: reason.code,
    reasonDetail: reason.field === null ? reason.detail : `${reason.field}: ${reason.detail}`,
    packetType: null,
    payload: null,
    decoded: null,
    iridiumLatitude: null,
    iridiumLongitude: null,
    iridiumCepKm: null,
    isIridiumReliable: true,
    sessionStatus: null,
    problems: [],
    isKnownByPayload: false,
    isDatedByDay: false,
    report: null,
  }
}

/** The column holds 32 bits; a larger number is still in the raw body. */
function inColumn(value: number | null): number | null {
  return value !== null && Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? value : null
}
