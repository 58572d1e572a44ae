import type { WebhookStyle } from '../devices/device-spec.ts'

/** How a service retries webhooks. */
export interface DeliveryRules {
  /** How long it waits for a 200, in real milliseconds, not simulated ones. */
  readonly answerWithinMs: number
  /** The wait after the first failed attempt; it doubles. */
  readonly firstBackOffMs: number
  /** Attempts before it gives up on a webhook. */
  readonly mostAttempts: number
}

/** The RockBLOCK portal and the Core Push API: 14 attempts take 5.7 days. */
const portal: DeliveryRules = { answerWithinMs: 3_000, firstBackOffMs: 60_000, mostAttempts: 14 }

/** Cloudloop continues for "about 12 hours": the 15th attempt comes after 9 of them, a 16th would after 18. */
const cloudloop: DeliveryRules = { answerWithinMs: 5_000, firstBackOffMs: 2_000, mostAttempts: 15 }

/** The rules of the service that a modem is registered with. */
export function deliveryRules(style: WebhookStyle): DeliveryRules {
  return style === 'cloudloop' || style === 'cloudloop-imt' ? cloudloop : portal
}
