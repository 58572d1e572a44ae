import { listDeliveryChanges, type Database } from '@paikea/database'
import { deliveryKey } from './delivery-events.ts'
import type { LiveHub } from './hub.ts'

/** Changes of deliveries that were seen lately. */
export interface DeliveryWindow {
  /** Of this process's steady clock, so that it tells durations only. */
  lookedAt: number
  /** Changes that need no telling any more. */
  known: ReadonlySet<string>
}

/** Changes read at one look at most: where there are more, pages read again. */
const MAX_CHANGES = 10_000

/** What is there when watching begins is read by the pages themselves. */
export async function openDeliveryWindow(db: Database, windowMs: number): Promise<DeliveryWindow> {
  const lookedAt = performance.now()
  const changes = await listDeliveryChanges(db, { lookBackMs: windowMs, limit: MAX_CHANGES })
  return { lookedAt, known: new Set(changes.map(deliveryKey)) }
}

/**
 * Deliveries that changed and that nobody was told of yet; `null` = too many to say which. Looks back to the last look
 * and `windowMs` further: a change becomes visible with its commit, not at its time.
 */
export async function listChangedDeliveries(
  db: Database,
  hub: LiveHub,
  { window, windowMs }: { readonly window: DeliveryWindow; readonly windowMs: number },
): Promise<readonly number[] | null> {
  const now = performance.now()
  const lookBackMs = now - window.lookedAt + windowMs
  const changes = await listDeliveryChanges(db, { lookBackMs, limit: MAX_CHANGES })
  const keyed = changes.map((change) => ({ id: change.id, key: deliveryKey(change) }))
  const fresh = keyed.filter(({ key }) => !window.known.has(key) && !hub.hasSeen('delivery', key))
  window.lookedAt = now
  window.known = new Set(keyed.map(({ key }) => key))
  return changes.length === MAX_CHANGES ? null : fresh.map(({ id }) => id)
}
