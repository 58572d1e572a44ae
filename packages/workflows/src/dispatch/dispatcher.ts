import { isFinal } from '@paikea/delivery'

import { Circuit } from './circuit.ts'
import { accountKind, endpointKind, inboundKind, outboundKind, recoveryKind, type DispatchJob } from './kinds.ts'
import { Lane } from './lane.ts'
import { Marks } from './marks.ts'
import { StartError } from './start-error.ts'
import type { Dispatcher, DispatcherOptions } from './types.ts'

/** While answers are slow, starts are so far apart: a backlog is still worked on, and answers come first. */
const SLOW_PAUSE_MS = 50
/** How often someone looks whether a bound has room, if no end is heard of. */
const ROOM_PAUSE_MS = 100
/** The next sweep, where there is more and room for it. */
const MORE_MS = 50

/** Builds a dispatcher; nothing happens before `start()`, but what it is told meanwhile is kept. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { db, starter, log } = options
  const concurrency = options.concurrency ?? 8
  const sweepMs = options.sweepMs ?? 2_000
  const circuit = new Circuit({ probeMs: options.probeMs ?? 1_000 })
  const marks = new Marks(db, log)
  const inFlight = new Map<DispatchJob, Promise<void>>()
  /** First calls of which nobody knows whether they started something. */
  const unsureSince = new WeakMap<DispatchJob, Date>()
  const counts = { started: 0, already: 0, failed: 0 }
  let lastError: string | null = null
  let isRunning = false
  let pumpTimer: NodeJS.Timeout | null = null
  let roomTimer: NodeJS.Timeout | null = null
  let sweepTimer: NodeJS.Timeout | null = null
  let sweeping: Promise<void> | null = null
  let isStale = false

  const shared = {
    db,
    log,
    capacity: options.capacity ?? 2_000,
    lostMs: options.lostTurnsMs ?? 5_000,
    isUnderWay: (key: string) => marks.has(key) || [...inFlight.keys()].some((job) => job.key === key),
    underWay: () => marks.size + inFlight.size,
    mayJudge: () => options.heart?.isSteady() === true,
  }
  const inbound = new Lane(inboundKind, { ...shared, wake: () => undefined })
  const outbound = new Lane(outboundKind, { ...shared, wake })
  const endpoints = new Lane(endpointKind, { ...shared, wake: () => undefined })
  const accounts = new Lane(accountKind, { ...shared, wake: () => undefined })
  const recoveries = new Lane(recoveryKind, { ...shared, wake: () => undefined })
  const lanes = [inbound, outbound, endpoints, accounts, recoveries]
  let nextLane = 0

  function wake(id: number): void {
    // Best effort: the workflow has its own timer, and the next look finds it again.
    outboundKind.wake?.(starter, id).catch((error: unknown) => {
      log.warn('dispatch.wake-failed', { outboundId: id, error: String(error) })
    })
  }

  /** Starts what may be started now; called whenever that may have changed. */
  function pump(): void {
    if (!isRunning || pumpTimer !== null) return
    while (inFlight.size < concurrency && hasJobs()) {
      if (options.answerLoad?.() === 'slow') return pumpIn(SLOW_PAUSE_MS, true)
      const waitMs = circuit.claimStart(Date.now())
      if (waitMs > 0) return pumpIn(waitMs, false)
      if (!launch()) return waitForRoom()
    }
  }

  function pumpIn(ms: number, isTrickle: boolean): void {
    pumpTimer = setTimeout(() => {
      pumpTimer = null
      // Slow for long: one start anyway, or a steady load would hold up everything for ever.
      if (isTrickle && isRunning && hasJobs() && circuit.claimStart(Date.now()) === 0) launch()
      pump()
    }, ms)
  }

  /** Mostly an end is heard of before; what nobody tells the end of is asked for. */
  function waitForRoom(): void {
    roomTimer ??= setTimeout(() => {
      roomTimer = null
      pump()
      for (const lane of lanes) if (lane.queue.size > 0) void lane.askForEnds()
    }, ROOM_PAUSE_MS)
  }

  function hasJobs(): boolean {
    return lanes.some(({ queue }) => queue.size > 0)
  }

  /** Starts the next job of the lane whose turn it is, or of another; answers whether there was one that may be started. */
  function launch(): boolean {
    // Of the steady clock, which nobody sets back.
    const nowMs = performance.now()
    const load = options.answerLoad?.() ?? 'none'
    for (let tries = 0; tries < lanes.length; tries += 1) {
      const lane = lanes[(nextLane + tries) % lanes.length]
      const job = lane?.take(load, nowMs) ?? null
      if (lane === undefined || job === null) continue
      nextLane = (nextLane + tries + 1) % lanes.length
      lane.running.started(job.id, job.chain, nowMs)
      const run = startOne(lane, job).finally(() => {
        inFlight.delete(job)
        if (lane.isHungry) void sweepNow()
        pump()
      })
      inFlight.set(job, run)
      return true
    }
    return false
  }

  async function startOne(lane: (typeof lanes)[number], job: DispatchJob): Promise<void> {
    // Before the call: an eager start may be through with its work before it is answered.
    const calledAt = new Date()
    try {
      const outcome = await job.start(starter)
      counts[outcome] += 1
      marks.add(job, outcome === 'already' ? (unsureSince.get(job) ?? calledAt) : calledAt)
      if (!circuit.succeeded()) return
      log.info('dispatch.temporal-answers')
      if (pumpTimer !== null) clearTimeout(pumpTimer)
      pumpTimer = null
    } catch (error) {
      counts.failed += 1
      lastError = String(error)
      if (error instanceof StartError && error.kind === 'refused') {
        // Only this one; marked, so that it is not tried before it counts as stale.
        log.error('dispatch.start-refused', { key: job.key, error: lastError })
        marks.add(job, calledAt)
        return
      }
      if (!unsureSince.has(job)) unsureSince.set(job, calledAt)
      lane.queue.putBack(job)
      lane.running.ended(job.id)
      if (circuit.failed(Date.now())) log.warn('dispatch.temporal-silent', { error: lastError })
    }
  }

  function sweepNow(): Promise<void> {
    if (!isRunning || circuit.isOpen) return Promise.resolve()
    sweeping ??= sweepLanes().then((hasMore) => {
      sweeping = null
      pump()
      if (isStale) {
        isStale = false
        return scheduleSweep(0)
      }
      scheduleSweep(hasMore && lanes.every(({ queue }) => queue.size < shared.capacity * 0.1) ? MORE_MS : sweepMs)
    })
    return sweeping
  }

  /** Never fails. */
  async function sweepLanes(): Promise<boolean> {
    let hasMore = false
    try {
      for (const lane of lanes) if (await lane.sweep(Date.now())) hasMore = true
    } catch (error) {
      log.warn('dispatch.sweep-failed', { error: String(error) })
      return false
    }
    return hasMore
  }

  function scheduleSweep(ms: number): void {
    if (sweepTimer !== null) clearTimeout(sweepTimer)
    if (!isRunning) return
    sweepTimer = setTimeout(() => {
      // While Temporal is silent memory holds enough to probe with; without anything to probe with the sweep finds some.
      if (circuit.isOpen && hasJobs()) return scheduleSweep(sweepMs)
      if (circuit.isOpen) circuit.succeeded()
      void sweepNow()
    }, ms)
  }

  return {
    notifyInbound(rows) {
      for (const row of rows) if (row.state === undefined || row.state === 'accepted') inbound.notify(row)
      if (inbound.isHungry) void sweepNow()
      pump()
    },
    notifyOutbound(rows) {
      for (const row of rows) outbound.notify(row)
      pump()
    },
    sweepSoon() {
      // One that is under way may have looked already.
      isStale = sweeping !== null
      void sweepNow()
    },
    delivered({ outboundId, state }) {
      outbound.running.told()
      // The other states are on the way.
      if (isFinal(state)) outbound.running.ended(outboundId)
      pump()
    },
    processed(messageIds) {
      inbound.running.told()
      for (const id of messageIds) inbound.running.ended(id)
      pump()
    },
    start() {
      if (isRunning) return
      isRunning = true
      void sweepNow()
      pump()
    },
    async stop() {
      isRunning = false
      for (const timer of [pumpTimer, roomTimer, sweepTimer]) if (timer !== null) clearTimeout(timer)
      await sweeping
      await Promise.all(inFlight.values())
      await marks.close()
    },
    stats: () => ({
      queuedInbound: inbound.queue.size,
      queuedOutbound: outbound.queue.size,
      inFlight: inFlight.size,
      unmarked: marks.size,
      isBehind: lanes.some(({ isBehind }) => isBehind),
      ...counts,
      temporal: circuit.isOpen ? 'does-not-answer' : 'answers',
      silentSinceMs: circuit.openSinceMs,
      lastError,
    }),
  }
}
