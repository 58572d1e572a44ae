import type { NewInbound } from '@paikea/database'
import { isPositionUnreliable, type MoMessage, type ParseFailure } from '@paikea/rockblock-client'

import type { AdmittedBy } from './delivery.ts'
import type { ReadDelivery } from './read-delivery.ts'
import { toProblems } from './problems.ts'
import { readMessage } from './read-message.ts'
import type { Decode } from './read-packet.ts'

/** The row that a delivery becomes. What cannot be read becomes a quarantined one, with the reason. */
export function toInbound(
  { delivery, parsed, key }: ReadDelivery,
  admission: { readonly admittedBy: AdmittedBy; readonly verificationNote: string | null },
  decode: Decode,
): NewInbound {
  const { format, receivedAt, sourceAddress, contentType, body } = delivery
  return {
    duplicateKey: key,
    format,
    receivedAt,
    verifiedBy: admission.admittedBy,
    verificationNote: admission.verificationNote,
    sourceAddress,
    contentType,
    rawBody: body,
    ...(parsed.ok ? fromMessage(parsed.message, receivedAt, decode) : fromFailure(parsed)),
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

function fromMessage(message: MoMessage, receivedAt: Date, decode: Decode): Contents {
  const reading = readMessage(message, receivedAt, decode)
  return {
    imei: message.imei,
    serial: message.serial,
    momsn: inColumn(message.momsn),
    transmitTime: message.transmitTime,
    state: reading.ok ? 'accepted' : 'quarantined',
    reasonCode: reading.ok ? null : reading.code,
    reasonDetail: reading.ok ? null : reading.detail,
    packetType: reading.packetType,
    payload: message.payload,
    decoded: reading.ok ? reading.decoded : null,
    ...iridiumOf(message),
    isIridiumReliable: !isPositionUnreliable(message.sessionStatus),
    sessionStatus: inColumn(message.sessionStatus),
    problems: toProblems(message.problems),
    report: reading.ok ? reading.report : null,
  }
}

/** A position that Iridium worked out (format B) stands where the other formats have it. */
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
    // Not checked by the parser: only what could be a modem's may make one.
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
    report: null,
  }
}

/** The columns hold 32 bits; a number beyond is in the raw body still. */
function inColumn(value: number | null): number | null {
  return value !== null && Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? value : null
}
