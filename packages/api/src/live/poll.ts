import type { Log } from '@paikea/domain'
import type { Database } from '@paikea/database'
import { createOutageWords } from '../http/log.ts'
import { MAX_DELIVERIES_AT_ONCE, type DeliveryFeed } from './delivery-feed.ts'
import { listChangedDeliveries, openDeliveryWindow, type DeliveryWindow } from './delivery-window.ts'
import type { LiveHub } from './hub.ts'
import {
  listFreshMessages,
  openMessageWindow,
  publishMessages,
  slideMessageWindow,
  type MessageWindow,
} from './message-window.ts'
import { lookForUpgrades, openUpgradeWindow, type UpgradeWindow } from './upgrade-window.ts'

/** Options of {@link createLivePoll}. */
export interface LivePollOptions {
  readonly db: Database
  readonly hub: LiveHub
  /** Reads deliveries and passes them on. */
  readonly deliveries: DeliveryFeed
  readonly log: Log
  /** @default 1000 */
  readonly intervalMs?: number
  /** Rows become visible in the order of commits: those of the last so many milliseconds are looked at again. @default 10000 */
  readonly windowMs?: number
}

/** More than this at once is not worth telling one by one: pages read again instead. */
const MAX_MESSAGES_AT_ONCE = 300

/** Without anybody watching, looking goes on for so long: a page that reconnects finds it going. */
const KEEP_MS = 30_000

interface Windows {
  readonly messages: MessageWindow
  readonly deliveries: DeliveryWindow
  readonly upgrades: UpgradeWindow
}

/** Finds messages that other processes stored, deliveries that they changed, and upgrades that went on. */
export interface LivePoll {
  /** Resolves once nothing that happens from now on can be missed; a page waits for it before it reads what there is. */
  ready(): Promise<void>
  start(): void
  stop(): Promise<void>
}

/**
 * Passes messages that other processes stored, deliveries that they changed, and upgrades that went on to this one's open
 * pages. Looks only while there are any; what the hub passed on already is left out.
 */
export function createLivePoll(options: LivePollOptions): LivePoll {
  const { db, hub, deliveries, log, intervalMs = 1000, windowMs = 10_000 } = options
  const outage = createOutageWords()
  let isStopped = false
  let timer: NodeJS.Timeout | null = null
  let running: Promise<void> = Promise.resolve()
  let wantedAt = Number.NEGATIVE_INFINITY
  /** `null` while nobody watches. */
  let windows: Promise<Windows> | null = null

  function open(): Promise<Windows> {
    windows ??= openWindows(db, windowMs).catch((error: unknown) => {
      windows = null
      throw error
    })
    return windows
  }

  async function tick(): Promise<void> {
    const now = performance.now()
    if (hub.watcherCount() > 0) wantedAt = now
    if (now - wantedAt > KEEP_MS) {
      windows = null
      return
    }
    const isLate = windows === null
    const seen = await open()
    if (isLate) hub.resync('watching-again')
    await Promise.all([
      lookForMessages(seen.messages, now),
      lookForDeliveries(seen.deliveries),
      lookForUpgrades(db, hub, seen.upgrades),
    ])
  }

  async function lookForMessages(window: MessageWindow, now: number): Promise<void> {
    const fresh = await listFreshMessages(db, hub, window)
    window.marks.push({ at: now, highest: window.highest })
    slideMessageWindow(window, now - windowMs)
    if (fresh.length > MAX_MESSAGES_AT_ONCE) hub.resync('many-messages')
    else if (fresh.length > 0) await publishMessages(db, hub, fresh)
  }

  async function lookForDeliveries(window: DeliveryWindow): Promise<void> {
    const changed = await listChangedDeliveries(db, hub, { window, windowMs })
    if (changed === null || changed.length > MAX_DELIVERIES_AT_ONCE) hub.resync('many-deliveries')
    else deliveries.changed(changed)
  }

  const schedule = (): void => {
    if (isStopped) return
    timer = setTimeout(() => {
      running = tick()
        .then(
          () => outage.isOver(),
          (error: unknown) => log.warn('live.poll-failed', outage.describe(error)),
        )
        .then(schedule)
    }, intervalMs)
    timer.unref()
  }
  return {
    async ready() {
      wantedAt = performance.now()
      // The page comes up without the database too; it is told to read again once looking has begun.
      await open().catch((error: unknown) => log.warn('live.poll-failed', outage.describe(error)))
    },
    start: schedule,
    async stop() {
      isStopped = true
      if (timer !== null) clearTimeout(timer)
      await running
    },
  }
}

async function openWindows(db: Database, windowMs: number): Promise<Windows> {
  const [messages, deliveries, upgrades] = await Promise.all([
    openMessageWindow(db),
    openDeliveryWindow(db, windowMs),
    openUpgradeWindow(db),
  ])
  return { messages, deliveries, upgrades }
}
