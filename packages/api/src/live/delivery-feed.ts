import type { Log } from '@paikea/domain'
import { listDeliveryStates, type Database } from '@paikea/database'
import { describeError } from '../http/log.ts'
import { publishDelivery } from './delivery-events.ts'
import type { LiveHub } from './hub.ts'

/** Tells open pages of deliveries that changed. */
export interface DeliveryFeed {
  /** Belongs right after the commit. Cheap, never fails; with nobody watching it does nothing. */
  changed(outboundIds: readonly number[]): void
  /** Resolves once all that it was told is passed on. */
  idle(): Promise<void>
}

/** More than this at once is not worth telling one by one: pages read again instead. */
export const MAX_DELIVERIES_AT_ONCE = 300

/**
 * Builds the feed. What pages get is the row as it is committed, read one batch at a time: so nothing old comes after
 * something new, and under load a state that lasted only a moment is left out.
 */
export function createDeliveryFeed(options: {
  readonly db: Database
  readonly hub: LiveHub
  readonly log: Log
}): DeliveryFeed {
  const { db, hub, log } = options
  const waiting = new Set<number>()
  let running: Promise<void> | null = null

  async function drain(): Promise<void> {
    while (waiting.size > 0) {
      const ids = [...waiting]
      waiting.clear()
      if (ids.length > MAX_DELIVERIES_AT_ONCE) {
        hub.resync('many-deliveries')
        continue
      }
      try {
        for (const row of await listDeliveryStates(db, { ids })) publishDelivery(hub, row)
      } catch (error) {
        log.warn('live.deliveries-not-read', describeError(error))
        hub.resync('missed-deliveries')
      }
    }
    running = null
  }

  return {
    changed(outboundIds) {
      if (hub.watcherCount() === 0) return
      for (const id of outboundIds) waiting.add(id)
      if (waiting.size > 0) running ??= drain()
    },
    idle: async () => void (await running),
  }
}
