import { buildWebhook, type WebhookInput } from '@paikea/rockblock-client/testing'

import type { AcceptResult, Delivery } from '../../src/delivery.ts'

export const PK001 = 'PK001;lat:3530.0000,NS:N,lon:12200.0000,EW:W,utc:104100.00,sog:1.5,cog:270,sta:01,batt:12.4'
/** Ten seconds after the samples' `transmit_time`. */
export const receivedAt = new Date('2021-10-31T10:42:00.000Z')

export const hex = (text: string): string => Buffer.from(text).toString('hex')

/** A delivery that comes with the right secret. */
export function delivery(input: WebhookInput, overrides: Partial<Delivery> = {}): Delivery {
  const built = buildWebhook(input)
  return { ...built, format: input.format, receivedAt, sourceAddress: '192.0.2.7', hasSecret: true, ...overrides }
}

export const rockblock = (fields: Record<string, unknown>, overrides: Partial<Delivery> = {}): Delivery =>
  delivery({ format: 'rockblock', fields }, overrides)

/** @throws where it was not accepted */
export function accepted(result: AcceptResult): AcceptResult & { status: 'accepted' } {
  if (result.status !== 'accepted') throw new Error(`expected accepted, got ${JSON.stringify(result)}`)
  return result
}
