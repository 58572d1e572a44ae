/**
 * States in which a delivery may still change. `queued` waits for its turn or its next attempt, `sending` has an open
 * attempt, `parked` needs an operator: credentials, credit, line rental.
 */
export const OPEN_DELIVERY_STATES = ['queued', 'sending', 'parked'] as const
export type OpenDeliveryState = (typeof OPEN_DELIVERY_STATES)[number]

/**
 * Final states of a delivery. `sent`: the target's service accepted it; `confirmed`: the device's own report shows it;
 * `unknown`: the request may have arrived, so it is never sent again automatically.
 */
export const FINAL_DELIVERY_STATES = ['sent', 'confirmed', 'unknown', 'failed', 'cancelled', 'expired'] as const
export type FinalDeliveryState = (typeof FINAL_DELIVERY_STATES)[number]

/** Every state of a delivery, in the order of its life cycle. */
export const DELIVERY_STATES = [
  'queued',
  'sending',
  'sent',
  'confirmed',
  'parked',
  'unknown',
  'failed',
  'cancelled',
  'expired',
] as const satisfies readonly (OpenDeliveryState | FinalDeliveryState)[]
export type DeliveryState = OpenDeliveryState | FinalDeliveryState
