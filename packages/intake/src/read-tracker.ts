/**
 * Format B: what a RockSTAR or another tracker pushes. The vendor has decoded the position; a person's text is a command to a buoy where it
 * reads like one; an acknowledgement says that a text we sent was shown. One push can be several of these.
 */
import type { NewReport } from '@paikea/database'
import { type CommandRequest, decodeRockstarText } from '@paikea/packets'
import type { CorePushMessage } from '@paikea/rockblock-client'

import { type Decode, type Reading, readPacket } from './read-packet.ts'
import { toProblems } from './problems.ts'
import { reportTime } from './report-time.ts'

/** Stands where a packet type stands in the other formats. */
const TRACKER = 'TRACKER'

export function readTracker(message: CorePushMessage, receivedAt: Date, decode: Decode): Reading {
  const report = toReport(message, receivedAt)
  // Bytes without text are what a device behind the tracker sent, written as in the other formats.
  if (message.text === null && message.payload.length > 0) {
    const packet = readPacket(message, receivedAt, decode)
    if (packet.ok) return { ...packet, report: packet.report ?? report }
    if (report === null) return packet
  }
  const command = commandIn(message.text)
  const tracker = describe(message)
  return command === null
    ? { ok: true, packetType: TRACKER, decoded: tracker, report }
    : { ok: true, packetType: command.packetType, decoded: { ...command, tracker }, report }
}

function commandIn(text: string | null): CommandRequest | null {
  if (text === null) return null
  const result = decodeRockstarText(text)
  return result.ok && result.report.kind === 'command' ? result.report : null
}

function describe(message: CorePushMessage): object {
  const { position, text, messageAck } = message
  const kind =
    messageAck !== null ? 'acknowledgement' : text !== null ? 'text' : position !== null ? 'position' : 'status'
  return {
    kind,
    packetType: TRACKER,
    trigger: message.trigger,
    transport: message.transport,
    source: message.source,
    at: message.at,
    latitudeDegrees: position?.latitudeDegrees ?? null,
    longitudeDegrees: position?.longitudeDegrees ?? null,
    sogKnots: message.sogKnots,
    cogDegrees: message.cogDegrees,
    altitudeMetres: message.altitudeMetres,
    batteryPercent: message.batteryPercent,
    temperatureCelsius: message.temperatureCelsius,
    text,
    messageAck,
    ackRequest: message.ackRequest,
    problems: message.problems,
  }
}

/** A report where there is a position. One that Iridium worked out is an estimate, not a fix: it must not move the device on the map. */
function toReport(message: CorePushMessage, receivedAt: Date): NewReport | null {
  const { position, at, transmitTime } = message
  if (position === null) return null
  const hasFix = message.source !== 'IRIDIUM'
  return {
    packetType: TRACKER,
    at: reportTime([at, message.txAt, transmitTime], receivedAt),
    fixAt: hasFix ? at : null,
    claimedAt: null,
    hasFix,
    latitude: hasFix ? position.latitudeDegrees : null,
    longitude: hasFix ? position.longitudeDegrees : null,
    sogKnots: message.sogKnots,
    cogDegrees: message.cogDegrees,
    batteryVolts: null,
    batteryPercent: message.batteryPercent,
    intervalMinutes: null,
    sleepMinutes: null,
    reasonCode: null,
    reason: null,
    status: null,
    beaconOn: null,
    fixSkewSeconds:
      hasFix && at !== null && transmitTime !== null ? (transmitTime.getTime() - at.getTime()) / 1000 : null,
    source: hasFix ? 'device' : 'iridium',
    quality: hasFix ? 'good' : 'missing',
    problems: toProblems(message.problems),
  }
}
