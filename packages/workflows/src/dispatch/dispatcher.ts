import { isFinal } from '@paikea/delivery'

import { Circuit } from './circuit.ts'
import { accountKind, endpointKind, inboundKind, outboundKind, recoveryKind, type DispatchJob } from './kinds.ts'
import { Lane } from './lane.ts'
import { Marks } from './marks.ts'
import { StartError } from './start-error.ts'
import type { Dispatcher, DispatcherOptions } from './types.ts'

/** Pause between starts while responses are slow: the backlog still drains, but responses come first. */
const SLOW_PAUSE_MS = 50
/** How often to check whether a bound has room again if no end is reported. */
const ROOM_PAUSE_MS = 100
/** Delay of the next sweep if there is more to find and room for it. */
const MORE_MS = 50

/** Creates a dispatcher. It does nothing before `start()`, but keeps what it is notified of. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { db, starter, log } = options
  const concurrency = options.concurrency ?? 8
  const sweepMs = options.sweepMs ?? 2_000
  const circuit = new Circuit({ probeMs: options.probeMs ?? 1_000 })
  const marks = new Marks(db, log)
  const inFlight = new Map<DispatchJob, Promise<void>>()
  /** Time of the first attempt for starts whose outcome is unknown. */
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
    othersMs: options.othersMs ?? 1_000,
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
    // Best effort: the workflow has its own timer, and the next sweep finds it again.
    outboundKind.wake?.(starter, id).catch((error: unknown) => {
      log.warn('dispatch.wake-failed', { outboundId: id, error: String(error) })
    })
  }

  /** Starts everything that may start now; called whenever that may have changed. */
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
      // Slow for long: start one regardless, or steady load would block everything for ever.
      if (isTrickle && isRunning && hasJobs() && circuit.claimStart(Date.now()) === 0) launch()
      pump()
    }, ms)
  }

  /** Usually an end is reported first; this finds ends that nobody reports. */
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

  /** Starts the next job of the next lane in turn. @returns whether any job could be started */
  function launch(): boolean {
    // Monotonic clock, unaffected by changes of the system time.
    const nowMs = performance.now()
    const load = options.answerLoad?.() ?? 'none'
    for (let tries = 0; tries < lanes.length; tries += 1) {
      const lane = lanes[(nextLane + tries) % lanes.length]
      const job = lane?.take(load, nowMs) ?? null
      if (lane === undefined || job === null) continue
      nextLane = (nextLane + tries + 1) % lanes.length
      lane.running.started(job.id, job, nowMs)
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
    if (await lane.isStartedMeanwhile(job)) return lane.running.notStarted(job.id)
    // Taken before the call: an eagerly started workflow may finish before the call returns.
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
        // Only this row is affected; marked as started, so that it is not retried before it counts as stale.
        log.error('dispatch.start-refused', { key: job.key, error: lastError })
        marks.add(job, calledAt)
        return
      }
      if (!unsureSince.has(job)) unsureSince.set(job, calledAt)
      lane.queue.putBack(job)
      lane.running.notStarted(job.id)
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

  /** Never throws. */
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
      // While Temporal is silent, memory holds enough to probe with; only if it is empty does the sweep look for more.
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
      for (const lane of lanes) lane.wantSweep()
      // A running sweep may already have read past the change.
      isStale = sweeping !== null
      void sweepNow()
    },
    delivered({ outboundId, state }) {
      outbound.running.told()
      // The other states are not final.
      if (isFinal(state)) outbound.running.ended(outboundId, performance.now())
      pump()
    },
    processed(messageIds) {
      inbound.running.told()
      for (const id of messageIds) inbound.running.ended(id, performance.now())
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
