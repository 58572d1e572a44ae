import type { Database } from '@paikea/database'
import type { Log } from '@paikea/domain'

import type { DispatchJob, WorkflowKind } from './kinds.ts'
import { Pace } from './pace.ts'
import { Queue } from './queue.ts'
import { type AnswerLoad, Running } from './running.ts'

/** The sweep skips rows younger than this: their writer is about to announce them. */
const SETTLE_MS = 1_500
/** A row still open this long after its workflow was started is started again: Temporal may have lost the workflow. */
const STALE_MS = 15 * 60_000
const STALE_EVERY_MS = 60_000
const STALE_ROWS = 200
const LOST_ROWS = 200
/** A woken workflow may be busy, or have no worker: wake it again only after this many looks. */
const LOOKS_A_WAKE = 6
/** How many known rows to read again, at most, to reach those behind them. */
const MAX_KNOWN = 2_000
/** How many chains with live rows to remember, at most, while the database holds more than memory. */
const MAX_FRESH = 1_000
const FRESH_AT_ONCE = 100
/** Shares of the time that looks for new rows, and for lost turns, may keep the database busy. */
const PAGES_SHARE = 0.1
const LOST_SHARE = 0.03
/** Share of memory that rows of the sweep may take; the rest is for live ones. */
const SWEEP_SHARE = 0.2

/** What a lane depends on. */
export interface LaneOptions {
  readonly db: Database
  readonly log: Log
  readonly capacity: number
  /** A workflow found waiting, with nothing blocking it, in two looks this far apart has lost its wake-up. */
  readonly lostMs: number
  /** A job queued for longer than this may have been started by another process that accepts messages. */
  readonly othersMs: number
  /** Whether a row is being started, or was started but is not marked yet. */
  readonly isUnderWay: (key: string) => boolean
  readonly underWay: () => number
  readonly wake: (id: number) => void
  /** Whether silent processes may be declared dead. */
  readonly mayJudge: () => boolean
}

/**
 * One kind of workflow: its jobs in memory, and what the database holds beyond them. While there is more than fits, it
 * is `behind`: live rows then arrive through the sweep as well, together with the older ones of their chains, so that
 * order within a chain is kept.
 */
export class Lane<Row> {
  readonly kind: WorkflowKind<Row>
  readonly queue: Queue<DispatchJob>
  readonly running: Running
  readonly #options: LaneOptions
  readonly #fresh = new Set<string>()
  /** Whether the database may hold rows that memory does not; assumed at start. */
  #isBehind = true
  /** When jobs were announced in this process; those that a sweep found are not in it. */
  readonly #announcedAt = new WeakMap<DispatchJob, number>()
  #overflowed = false
  #isWanted = false
  #knowsStarted = false
  readonly #pagesPace = new Pace({ share: PAGES_SHARE })
  readonly #lostPace = new Pace({ share: LOST_SHARE })
  #staleAt = 0
  #lostAt = 0
  /** Found by the last look; `null` before the first. */
  #lost: ReadonlySet<number> | null = null
  /** How many looks ago each was woken. */
  #woken: ReadonlyMap<number, number> = new Map()
  #asking: Promise<void> | null = null

  constructor(kind: WorkflowKind<Row>, options: LaneOptions) {
    this.kind = kind
    this.#options = options
    this.queue = new Queue(options.capacity)
    this.running = new Running(kind.bound)
  }

  get isBehind(): boolean {
    return this.#isBehind
  }

  /** Whether a sweep would be useful now. */
  get isHungry(): boolean {
    return this.#isBehind && this.queue.size < 50
  }

  /** The next sweep reads new rows, however recently one did. */
  wantSweep(): void {
    this.#isWanted = true
  }

  /** Announces a row that was just written. */
  notify(row: Row): void {
    const job = this.kind.jobOf(row)
    if (!this.kind.hasElders) {
      // Also while it is being started: an announcement then means a later change. What does not fit stays in the
      // database.
      this.#announce(job)
      return
    }
    if (this.#isKnown(job.key) || (!this.#isBehind && this.#announce(job))) return
    this.#isBehind = true
    this.#overflowed = true
    if (this.#fresh.size < MAX_FRESH) this.#fresh.add(job.chain)
  }

  /** The next job that may start; `null` if there is none. */
  take(load: AnswerLoad, nowMs: number): DispatchJob | null {
    // A job whose workflow already runs only wakes it, which needs no room.
    const isHeld = (job: DispatchJob): boolean => this.running.isFull(job, load, nowMs) && !this.running.has(job.id)
    return this.queue.take(isHeld, this.#isBehind)
  }

  /**
   * Whether the job's workflow has been started since it was found or queued here. A sweep may have read the row just
   * before its start was noted; and behind a backlog each process that accepts messages holds those of others. A second
   * start after the first workflow's end would be one for nothing. Never throws: what cannot be determined is started,
   * which is harmless.
   */
  async isStartedMeanwhile(job: DispatchJob): Promise<boolean> {
    const { db, log, othersMs } = this.#options
    const announcedAtMs = this.#announcedAt.get(job)
    const isFresh = announcedAtMs !== undefined && (this.running.isTold || performance.now() - announcedAtMs < othersMs)
    if (this.kind.isWaiting === undefined || isFresh) return false
    try {
      return !(await this.kind.isWaiting(db, { id: job.id, startedBefore: new Date(Date.now() - STALE_MS) }))
    } catch (error) {
      log.warn('dispatch.start-not-known', { key: job.key, error: String(error) })
      return false
    }
  }

  /** Polls for ends that nobody reported. Never throws: what cannot be determined still counts as running. */
  askForEnds(): Promise<void> {
    this.#asking ??= this.#findEnds().finally(() => (this.#asking = null))
    return this.#asking
  }

  async #findEnds(): Promise<void> {
    const { db, log } = this.#options
    const ids = this.running.overdue(performance.now())
    if (ids.length === 0) return
    try {
      const open = new Set(await this.kind.listOpen(db, ids))
      for (const id of ids) if (!open.has(id)) this.running.ended(id, performance.now())
    } catch (error) {
      log.warn('dispatch.ends-not-known', { kind: this.kind.name, error: String(error) })
    }
  }

  /** Sweeps the database once. @returns whether another sweep would find more at once */
  async sweep(nowMs: number): Promise<boolean> {
    // Before reading pages, so that they include what it finds.
    if (this.#options.mayJudge()) await this.#rescue()
    await this.#countStarted()
    await this.askForEnds()
    if (this.#isWanted || this.isHungry || this.#pagesPace.isDue) {
      this.#isWanted = false
      await this.#pagesPace.run(() => this.#pages(nowMs))
    }
    if (isDue(nowMs, this.#staleAt, STALE_EVERY_MS)) {
      this.#staleAt = nowMs
      const startedBefore = new Date(nowMs - STALE_MS)
      this.#offer(
        await this.kind.list(this.#options.db, { limit: STALE_ROWS, settledBefore: new Date(nowMs), startedBefore }),
      )
    }
    if (isDue(nowMs, this.#lostAt, this.#options.lostMs) && this.#lostPace.isDue) {
      this.#lostAt = nowMs
      await this.#lostPace.run(() => this.#wakeLost())
    }
    return this.#isBehind
  }

  /** Before the first start. Otherwise each restart of a process would put another full load in front of the workers. */
  async #countStarted(): Promise<void> {
    if (this.#knowsStarted) return
    const ids = (await this.kind.listStarted?.(this.#options.db)) ?? []
    for (const id of ids) this.running.started(id, { chain: '', order: id }, performance.now())
    this.#knowsStarted = true
  }

  async #pages(nowMs: number): Promise<void> {
    const { db, capacity, underWay } = this.#options
    const pageSize = Math.max(50, Math.min(500, Math.floor(capacity * SWEEP_SHARE)))
    const room = Math.min(Math.floor(capacity * SWEEP_SHARE) - this.queue.size, pageSize)
    if (room <= 0) return
    // As many new rows as there is room for, behind the known ones.
    const limit = room + Math.min(this.queue.size + underWay(), MAX_KNOWN)
    const page = { limit, settledBefore: new Date(nowMs - SETTLE_MS), startedBefore: null }
    this.#overflowed = false
    let hasMore = false
    const chains = [...this.#fresh].slice(-FRESH_AT_ONCE)
    if (chains.length > 0) {
      for (const chain of chains) this.#fresh.delete(chain)
      // Live rows are wanted now and are complete, or they would not have been announced.
      const settledBefore = new Date(nowMs + 60_000)
      const live = await this.kind.list(db, { ...page, settledBefore, chains })
      this.#offer(live)
      hasMore = live.length >= limit
    }
    const rows = await this.kind.list(db, page)
    this.#offer(rows)
    // Live rows that overflowed to the database during the reads are not in these pages.
    this.#isBehind = rows.length >= limit || hasMore || this.#overflowed
  }

  #offer(rows: readonly Row[]): void {
    for (const row of rows) {
      const job = this.kind.jobOf(row)
      if (!this.#isKnown(job.key)) this.queue.add(job)
    }
  }

  #announce(job: DispatchJob): boolean {
    this.#announcedAt.set(job, performance.now())
    return this.queue.add(job)
  }

  async #rescue(): Promise<void> {
    const found = (await this.kind.rescue?.(this.#options.db, { limit: LOST_ROWS })) ?? []
    if (found.length > 0) this.#options.log.info('dispatch.rescued', { deliveries: found.length })
  }

  /**
   * What is found waiting in the first look after a start was mostly left by the process that died: wake it at once.
   */
  async #wakeLost(): Promise<void> {
    if (this.kind.listLost === undefined) return
    const found = await this.kind.listLost(this.#options.db, { limit: LOST_ROWS })
    const before = this.#lost
    this.#lost = new Set(found)
    const looks = new Map(found.flatMap((id) => addOne(id, this.#woken.get(id))))
    const lost = found.filter((id) => (before === null || before.has(id)) && !looks.has(id))
    this.#woken = new Map([...looks, ...lost.map((id) => [id, 0] as const)])
    if (lost.length > 0) this.#options.log.info('dispatch.lost-turns-woken', { deliveries: lost.length })
    for (const id of lost) this.#options.wake(id)
  }

  #isKnown(key: string): boolean {
    return this.queue.has(key) || this.#options.isUnderWay(key)
  }
}

function addOne(id: number, looks: number | undefined): readonly (readonly [number, number])[] {
  return looks === undefined || looks + 1 >= LOOKS_A_WAKE ? [] : [[id, looks + 1]]
}

/** True also if the clock has been set back since. */
function isDue(nowMs: number, lastMs: number, everyMs: number): boolean {
  return nowMs < lastMs || nowMs - lastMs >= everyMs
}
