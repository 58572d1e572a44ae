import type { Problem } from '@paikea/database'
import type { CloudloopMessage, MoMessage } from '@paikea/rockblock-client'

import { type Decode, type Reading, readPacket } from './read-packet.ts'
import { p6NotRead, readP6, readTracker } from './read-tracker.ts'
import type { Transmission } from './transmission.ts'

/** Options for reading a message. */
export interface ReadOptions {
  readonly decode: Decode
  /** A user has decided that a payload marked as damaged should be decoded anyway. */
  readonly isReleased: boolean
}

/** First byte of the trackers' binary protocol; no text packet starts with it. */
const P6 = 0x06

const DAMAGED = 'damaged-by-radio'

/** Decodes a message. Anything the decoder throws becomes a reason; the message is kept anyway. */
export function readMessage(message: MoMessage, transmission: Transmission, options: ReadOptions): Reading {
  try {
    switch (message.format) {
      case 'rockblock':
        return readPacket(message.payload, transmission, options.decode)
      case 'core-push':
        return readTracker(message, transmission, options.decode)
      case 'cloudloop':
        return message.isDamaged
          ? readDamaged(message, transmission, options)
          : readCloudloop(message, transmission, options.decode)
    }
  } catch (error) {
    const detail =
      error instanceof Error ? `${error.name}: ${error.message}` : 'the decoder threw something that is not an Error'
    return { ok: false, packetType: null, code: 'decoder-threw', detail }
  }
}

function readCloudloop(message: CloudloopMessage, transmission: Transmission, decode: Decode): Reading {
  if (message.p6 !== null) return readP6(message, message.p6, transmission)
  const reading = readPacket(message.payload, transmission, decode)
  const isP6 = !reading.ok && reading.code === 'not-ascii' && message.payload[0] === P6
  return isP6 ? p6NotRead('a tracker’s binary payload that the vendor did not decode') : reading
}

/** The vendor's checksum failed, so its apparent content must not be shown. */
function readDamaged(message: CloudloopMessage, transmission: Transmission, options: ReadOptions): Reading {
  if (!options.isReleased) {
    const detail = 'the payload failed its checksum; a person can release it with a replay'
    return { ok: false, packetType: null, code: DAMAGED, detail }
  }
  const reading = readCloudloop(message, transmission, options.decode)
  const released: Problem = {
    field: 'imt.crcError',
    code: DAMAGED,
    message: 'the payload failed its checksum; a person released it',
  }
  if (!reading.ok) return reading
  const { report, problems } = reading
  return {
    ...reading,
    problems: [...problems, released],
    report: report === null ? null : { ...report, problems: [...report.problems, released] },
  }
}
