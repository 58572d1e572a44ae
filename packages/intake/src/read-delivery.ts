import { createHash } from 'node:crypto'

import { duplicateKey, parseWebhook, type ParseResult } from '@paikea/rockblock-client'

import type { Delivery } from './delivery.ts'

/** A delivery with its parsed body, and the key that identifies its copies. */
export interface ReadDelivery {
  readonly delivery: Delivery
  readonly parsed: ParseResult
  readonly key: string
}

/** Parses the body. Never throws: a body that is not a message is identified by its bytes. */
export async function readDelivery(delivery: Delivery): Promise<ReadDelivery> {
  const { body, contentType, format, receivedAt } = delivery
  const parsed = parseWebhook(body, contentType, { format, receivedAt })
  const key = parsed.ok ? await duplicateKey(parsed.message) : `x/${createHash('sha256').update(body).digest('hex')}`
  return { delivery, parsed, key }
}
