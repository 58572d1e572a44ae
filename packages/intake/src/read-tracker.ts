/**
 * Reads messages of a RockSTAR or another tracker, which the vendor has decoded, in its own push (format B) or in
 * Cloudloop's (format C). A user's text is a command to a buoy if it reads like one; an acknowledgement says that a
 * text we sent was shown. One push can be several of these, along with bytes of a device behind the tracker.
 */
import { NOTHING_REPORTED, type NewReport, type Problem } from '@paikea/database'
import { type CommandRequest, decodeRockstarText } from '@paikea/packets'
import type { CloudloopMessage, CorePushMessage, P6Content } from '@paikea/rockblock-client'

import { toProblems } from './problems.ts'
import { type Decode, qualityOf, type Reading, readPacket } from './read-packet.ts'
import { type Claim, judgeTimes, type Transmission } from './transmission.ts'

/** Used in place of a packet type in the other formats. */
const TRACKER = 'TRACKER'
const NO_TIME: Claim = { field: 'txAt', time: null }

/** The members that both formats have. */
type TrackerMembers = Pick<
  CorePushMessage,
  | 'trigger'
  | 'transport'
  | 'source'
  | 'position'
  | 'sogKnots'
  | 'cogDegrees'
  | 'altitudeMetres'
  | 'batteryPercent'
  | 'temperatureCelsius'
  | 'text'
  | 'messageAck'
  | 'ackRequest'
>

/** One push, whichever format it came in. */
interface Push extends TrackerMembers {
  readonly fix: Claim
  readonly sent: Claim
  /** It reports a position, or that there is none. */
  readonly hasReport: boolean
  readonly problems: readonly Problem[]
}

/** Reads format B. */
export function readTracker(message: CorePushMessage, transmission: Transmission, decode: Decode): Reading {
  const problems = toProblems(message.problems)
  const push: Push = {
    ...message,
    fix: { field: 'at', time: message.at },
    sent: { field: 'txAt', time: message.txAt },
    hasReport: message.position !== null || problems.some(({ code }) => code === 'null-island'),
    problems,
  }
  const packet = message.userData === null ? null : readPacket(message.userData, transmission, decode)
  return readPush(push, packet, transmission)
}

/** Reads Cloudloop's decoding of a tracker's binary payload. */
export function readP6(message: CloudloopMessage, p6: P6Content, transmission: Transmission): Reading {
  if (!p6.hasReport && p6.text === null) return p6NotRead(p6.why)
  const push: Push = {
    ...p6,
    trigger: p6.type,
    transport: null,
    source: 'GPS',
    fix: { field: 'decoded.p6.at', time: p6.at },
    sent: NO_TIME,
    batteryPercent: null,
    temperatureCelsius: null,
    messageAck: null,
    ackRequest: null,
    problems: toProblems(message.problems),
  }
  const reading = readPush(push, null, transmission)
  if (!reading.ok || p6.unread === 0) return reading
  const partly = { field: 'decoded.p6', code: 'p6-partly-read', message: `not read: ${p6.why}` }
  return { ...reading, problems: [...reading.problems, partly] }
}

/** A tracker's binary payload without any content we use. */
export function p6NotRead(detail: string): Reading {
  return { ok: false, packetType: null, code: 'p6-not-read', detail }
}

function readPush(push: Push, packet: Reading | null, transmission: Transmission): Reading {
  const report = push.hasReport ? toReport(push, transmission) : null
  const tracker = describe(push, report)
  const command = commandIn(push.text)
  // There may be nothing but the bytes.
  if (packet !== null && !packet.ok && push.text === null && report === null) return packet
  const problems = packet === null || packet.ok ? [] : [unreadBytes(packet.detail)]
  const inBytes = packet?.ok === true ? packet : null
  const isDatedByDay = (inBytes?.report ?? null) !== null
  const both = { ok: true, report: inBytes?.report ?? report, isDatedByDay, problems } as const
  if (command !== null) {
    const beside = inBytes === null ? {} : { packet: inBytes.decoded }
    if (isCommand(inBytes)) problems.push(secondCommand(inBytes.packetType))
    return { ...both, packetType: command.packetType, decoded: { ...command, tracker, ...beside } }
  }
  if (inBytes === null) return { ...both, packetType: TRACKER, decoded: tracker }
  const decoded = push.text === null ? inBytes.decoded : { ...inBytes.decoded, tracker }
  return { ...both, packetType: inBytes.packetType, decoded }
}

function isCommand(reading: (Reading & { readonly ok: true }) | null): reading is Reading & { readonly ok: true } {
  return reading !== null && 'kind' in reading.decoded && reading.decoded.kind === 'command'
}

function unreadBytes(detail: string): Problem {
  return { field: 'userData', code: 'bytes-not-read', message: detail }
}

function secondCommand(packetType: string | null): Problem {
  return {
    field: 'userData',
    code: 'second-command',
    message: `${packetType ?? 'a command'} in the bytes is ignored: the text counts`,
  }
}

function commandIn(text: string | null): CommandRequest | null {
  if (text === null) return null
  const result = decodeRockstarText(text)
  return result.ok && result.report.kind === 'command' ? result.report : null
}

function describe(push: Push, report: NewReport | null): object {
  const { position, text, messageAck } = push
  const kind =
    messageAck !== null ? 'acknowledgement' : text !== null ? 'text' : position !== null ? 'position' : 'status'
  return {
    kind,
    packetType: TRACKER,
    trigger: push.trigger,
    transport: push.transport,
    source: push.source,
    at: push.fix.time,
    latitudeDegrees: position?.latitudeDegrees ?? null,
    longitudeDegrees: position?.longitudeDegrees ?? null,
    sogKnots: push.sogKnots,
    cogDegrees: push.cogDegrees,
    altitudeMetres: push.altitudeMetres,
    batteryPercent: push.batteryPercent,
    temperatureCelsius: push.temperatureCelsius,
    text,
    messageAck,
    ackRequest: push.ackRequest,
    problems: report?.problems ?? push.problems,
  }
}

/** A report with or without a position. A position computed by Iridium is an estimate, not a fix: it must not move the device on the map. */
function toReport(push: Push, transmission: Transmission): NewReport {
  const { position } = push
  const isEstimate = push.source === 'IRIDIUM'
  const hasFix = position !== null && !isEstimate
  const times = judgeTimes(push.fix, push.sent, transmission)
  const problems = times.problems.length === 0 ? push.problems : [...times.problems, ...push.problems]
  return {
    ...NOTHING_REPORTED,
    packetType: TRACKER,
    at: times.at,
    fixAt: hasFix ? times.fixAt : null,
    claimedAt: times.claimedAt,
    hasFix,
    latitude: hasFix ? position.latitudeDegrees : null,
    longitude: hasFix ? position.longitudeDegrees : null,
    sogKnots: push.sogKnots,
    cogDegrees: push.cogDegrees,
    batteryPercent: push.batteryPercent,
    fixSkewSeconds: hasFix ? times.skewSeconds : null,
    source: isEstimate ? 'iridium' : 'device',
    quality: qualityOf(hasFix, problems),
    problems,
  }
}
