import type { NewInbound } from '@paikea/database'
import { decode } from '@paikea/packets'
import type { WebhookFormat } from '@paikea/rockblock-client'

import { readDelivery } from './read-delivery.ts'
import { toInbound } from './to-inbound.ts'

/** A message that another service took in. */
export interface HistoricDelivery {
  readonly format: WebhookFormat
  readonly body: Uint8Array
  readonly contentType: string
  /** Stands for the arrival where the vendor's time of transmission cannot be read. */
  readonly storedAt: Date
}

/**
 * Decodes a historical message by today's rules, as if it had arrived when it was transmitted; its real arrival was not recorded.
 * The result is history: shown and exported, never acted on. It never fails; an unreadable message is quarantined.
 *
 * @param now no message came in later
 */
export async function readHistory(delivery: HistoricDelivery, now: Date): Promise<NewInbound> {
  const { storedAt, ...rest } = delivery
  const read = await readDelivery({ ...rest, receivedAt: now, sourceAddress: null, hasSecret: false })
  const { parsed } = read
  const transmitTime = parsed.ok ? parsed.message.transmitTime : parsed.partial.transmitTime
  const receivedAt = transmitTime !== null && transmitTime <= now ? transmitTime : storedAt <= now ? storedAt : now
  const admission = { admittedBy: 'import', verificationNote: null } as const
  const inbound = toInbound({ ...read, delivery: { ...read.delivery, receivedAt } }, admission, {
    decode,
    isReleased: false,
  })
  return { ...inbound, isHistory: true }
}
