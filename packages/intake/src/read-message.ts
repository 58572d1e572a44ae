import type { MoMessage } from '@paikea/rockblock-client'

import { type Decode, type Reading, readPacket } from './read-packet.ts'
import { readTracker } from './read-tracker.ts'

/** Reads what the device said. Whatever the decoder throws becomes a reason: the message is kept all the same. */
export function readMessage(message: MoMessage, receivedAt: Date, decode: Decode): Reading {
  try {
    return message.format === 'core-push'
      ? readTracker(message, receivedAt, decode)
      : readPacket(message, receivedAt, decode)
  } catch (error) {
    const detail =
      error instanceof Error ? `${error.name}: ${error.message}` : 'the decoder threw something that is no error'
    return { ok: false, packetType: null, code: 'decoder-threw', detail }
  }
}
