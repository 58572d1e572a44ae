import type { UndispatchedOutbound } from '@paikea/database'

import { outboundWorkflowId } from '../contract/ids.ts'
import { Backlog } from './backlog.ts'
import { Circuit } from './circuit.ts'
import { inboundJob, outboundJob, startJob } from './jobs.ts'
import type { DispatchJob } from './jobs.ts'
import { Marks } from './marks.ts'
import { Pace } from './pace.ts'
import { type AnswerLoad, Room } from './room.ts'
import { StartError } from './start-error.ts'
import { Sweep } from './sweep.ts'
import type { Dispatcher, DispatcherOptions } from './types.ts'

/** While answers are slow, starts are so far apart: a backlog is still worked on, and answers come first. */
const slowPauseMs = 50
/** So often somebody looks whether there is room to act on messages, if no end is heard of. */
const roomPauseMs = 100
/** Share of the memory that rows of the sweep may take, so that there is room for live ones. */
const sweepShare = 0.2

/** Builds a dispatcher; nothing happens before `start()`, but what it is told meanwhile is kept. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { db, starter, log } = options
  const concurrency = options.concurrency ?? 8
  const capacity = options.capacity ?? 10_000
  const sweepMs = options.sweepMs ?? 2_000
  const backlogs = { inbound: new Backlog<DispatchJob>(capacity), outbound: new Backlog<DispatchJob>(capacity) }
  const circuit = new Circuit({ probeMs: options.probeMs ?? 1_000 })
  const marks = new Marks(db, log)
  const pace = new Pace()
  const room = new Room()
  const inFlight = new Map<DispatchJob, Promise<void>>()
  /** First calls of which nobody knows whether they started something. */
  const unsureSince = new WeakMap<DispatchJob, Date>()
  const counts = { started: 0, already: 0, failed: 0 }
  let lastError: string | null = null
  let isRunning = false
  let outboundNext = true
  let pumpTimer: NodeJS.Timeout | null = null
  let roomTimer: NodeJS.Timeout | null = null
  let sweepTimer: NodeJS.Timeout | null = null
  let sweeping: Promise<void> | null = null

  const answerLoad = (): AnswerLoad => options.answerLoad?.() ?? 'none'
  const isKnown = (key: string): boolean => marks.has(key) || [...inFlight.keys()].some((job) => job.key === key)
  const sweep = new Sweep({
    db,
    log,
    pageSize: Math.max(50, Math.min(500, Math.floor(capacity * sweepShare))),
    lostTurnsMs: options.lostTurnsMs ?? 5_000,
    sink: {
      room: (kind) => Math.floor(capacity * sweepShare) - backlogs[kind].size,
      known: (kind) => backlogs[kind].size + inFlight.size + marks.size,
      offer: (job, isLive) => {
        if (!isKnown(job.key)) backlogs[job.kind].add(job, { isLive })
        pump()
      },
      wake(outboundId) {
        // Best effort: the delivery has its own timer, and the next look finds it again.
        starter.wakeOutbound(outboundWorkflowId(outboundId)).catch((error: unknown) => {
          log.warn('dispatch.wake-failed', { outboundId, error: String(error) })
        })
      },
    },
  })

  /** Starts what may be started now; called whenever that may have changed. */
  function pump(): void {
    if (!isRunning || pumpTimer !== null) return
    while (inFlight.size < concurrency && hasJobs()) {
      if (answerLoad() === 'slow') return pumpIn(slowPauseMs, true)
      const waitMs = circuit.claimStart(Date.now())
      if (waitMs > 0) return pumpIn(waitMs, false)
      if (!launch()) return waitForRoom()
    }
  }

  function pumpIn(ms: number, isTrickle: boolean): void {
    pumpTimer = setTimeout(() => {
      pumpTimer = null
      // Slow for long: one start all the same, or a steady load would hold up everything for ever.
      if (isTrickle && isRunning && hasJobs() && circuit.claimStart(Date.now()) === 0) launch()
      pump()
    }, ms)
  }

  /** Mostly an end is heard of before; what nobody tells the end of is forgotten after a while. */
  function waitForRoom(): void {
    if (backlogs.inbound.size === 0) return
    roomTimer ??= setTimeout(() => {
      roomTimer = null
      pump()
    }, roomPauseMs)
  }

  function stopWaiting(): void {
    if (pumpTimer !== null) clearTimeout(pumpTimer)
    pumpTimer = null
  }

  function hasJobs(): boolean {
    return backlogs.inbound.size + backlogs.outbound.size > 0
  }

  function takeJob(): DispatchJob | null {
    outboundNext = !outboundNext
    const [first, second] = outboundNext ? [backlogs.outbound, backlogs.inbound] : [backlogs.inbound, backlogs.outbound]
    // Of the steady clock, which nobody sets back.
    const nowMs = performance.now()
    const mayAct = room.isThere(answerLoad(), nowMs)
    const takeFrom = (backlog: Backlog<DispatchJob>): DispatchJob | null => {
      if (backlog === backlogs.outbound) return backlog.take((targetKey) => pace.isHeld(targetKey, nowMs))
      return mayAct ? backlog.take() : null
    }
    return takeFrom(first) ?? takeFrom(second)
  }

  /** Answers whether there was something that may be started. */
  function launch(): boolean {
    const job = takeJob()
    if (job === null) return false
    if (job.kind === 'outbound') pace.started(job.chain, job.row.outboundId, performance.now())
    else room.started(job.row.messageId, performance.now())
    const run = startOne(job).finally(() => {
      inFlight.delete(job)
      if (sweep.isBehind && backlogs[job.kind].size < 50) void sweepNow()
      pump()
    })
    inFlight.set(job, run)
    return true
  }

  async function startOne(job: DispatchJob): Promise<void> {
    // Before the call: an eager start may be through with its work before it is answered.
    const calledAt = new Date()
    try {
      const outcome = await startJob(starter, job)
      counts[outcome] += 1
      marks.add(job, outcome === 'already' ? (unsureSince.get(job) ?? calledAt) : calledAt)
      if (!circuit.succeeded()) return
      log.info('dispatch.temporal-answers')
      stopWaiting()
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
      backlogs[job.kind].putBack(job)
      if (job.kind === 'outbound') pace.notStarted(job.chain, job.row.outboundId)
      else room.ended(job.row.messageId)
      if (circuit.failed(Date.now())) log.warn('dispatch.temporal-silent', { error: lastError })
    }
  }

  function sweepNow(): Promise<void> {
    if (!isRunning || circuit.isOpen) return Promise.resolve()
    sweeping ??= sweep.run(Date.now()).then((hasMore) => {
      sweeping = null
      pump()
      if (sweepTimer !== null) clearTimeout(sweepTimer)
      if (!isRunning) return
      // A full page with room for more: go on at once.
      const roomLeft = backlogs.inbound.size < capacity * sweepShare * 0.5
      sweepTimer = setTimeout(() => void sweepTick(), hasMore && roomLeft ? 50 : sweepMs)
    })
    return sweeping
  }

  async function sweepTick(): Promise<void> {
    // While Temporal is silent memory holds enough to probe with; without anything to probe with the sweep finds some.
    if (circuit.isOpen && hasJobs()) {
      sweepTimer = setTimeout(() => void sweepTick(), sweepMs)
      return
    }
    if (circuit.isOpen) circuit.succeeded()
    await sweepNow()
  }

  function notifyOutbound(rows: readonly UndispatchedOutbound[]): void {
    // What does not fit stays in the database.
    for (const row of rows) backlogs.outbound.add(outboundJob(row), { isLive: true })
    pump()
  }

  return {
    notifyInbound(rows) {
      for (const row of rows) {
        if (row.state !== undefined && row.state !== 'accepted') continue
        const job = inboundJob({ messageId: row.messageId, key: row.key, imei: row.imei, iam: row.iam })
        if (isKnown(job.key)) continue
        if (sweep.isBehind || !backlogs.inbound.add(job, { isLive: true })) sweep.leave(row.imei)
      }
      if (sweep.isBehind && backlogs.inbound.size < 50) void sweepNow()
      pump()
    },
    notifyOutbound,
    delivered(event) {
      pace.delivered(event)
      pump()
    },
    processed(messageIds) {
      room.processed(messageIds)
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
      stopWaiting()
      if (roomTimer !== null) clearTimeout(roomTimer)
      if (sweepTimer !== null) clearTimeout(sweepTimer)
      await sweeping
      await Promise.all(inFlight.values())
      await marks.close()
    },
    stats: () => ({
      queuedInbound: backlogs.inbound.size,
      queuedOutbound: backlogs.outbound.size,
      inFlight: inFlight.size,
      unmarked: marks.size,
      isBehind: sweep.isBehind,
      ...counts,
      temporal: circuit.isOpen ? 'does-not-answer' : 'answers',
      silentSinceMs: circuit.openSinceMs,
      lastError,
    }),
  }
}
