import type { Log } from '@paikea/domain'
import { listLostTurns, listUndispatchedInbound, listUndispatchedOutbound } from '@paikea/database'
import type { Database } from '@paikea/database'

import { inboundJob, outboundJob } from './jobs.ts'
import type { DispatchJob } from './jobs.ts'

/** Rows younger than this are left to whoever wrote them: they are about to be announced. */
const settleMs = 1_500
/** A row whose workflow was started so long ago and which is still not done is started again: Temporal may have lost it. */
const staleMs = 15 * 60_000
const staleEveryMs = 60_000
/** So many lost turns are passed on at a time. */
const maxLostTurns = 200
/** So many known rows at most are read once more to get at those behind them. */
const maxKnown = 2_000
/** So many modems with live messages are remembered while the database holds more than memory does. */
const maxLive = 1_000

/** What a sweep hands over to. */
export interface SweepSink {
  /** Room left for rows of the database, of this kind. */
  room(kind: DispatchJob['kind']): number
  /** Rows of this kind that a page shows although they are known: queued, being started, or not marked yet. */
  known(kind: DispatchJob['kind']): number
  /** Adds a job; one that is known is ignored. */
  offer(job: DispatchJob, isLive: boolean): void
  /** The workflow of this delivery should look again. */
  wake(outboundId: number): void
}

/**
 * Finds in the database what nobody announced: rows of a crash, of an outage, of an overflow. While there is more than
 * fits into memory it is `behind`: live messages then come in by here as well, with the older ones of their modems
 * before them, so that no message overtakes its elders.
 */
export class Sweep {
  readonly #db: Database
  readonly #sink: SweepSink
  readonly #log: Log
  readonly #pageSize: number
  readonly #lostTurnsMs: number
  readonly #live = new Set<string>()
  #isBehind = true
  #overflowed = false
  #staleAt = 0
  #turnsAt = 0
  /** Of the last look; `null` before the first one. */
  #atTurn: ReadonlySet<number> | null = null

  constructor(options: {
    readonly db: Database
    readonly sink: SweepSink
    readonly log: Log
    readonly pageSize: number
    /** A delivery that waits at two looks so far apart although it is its turn has lost its waker. */
    readonly lostTurnsMs: number
  }) {
    this.#db = options.db
    this.#sink = options.sink
    this.#log = options.log
    this.#pageSize = options.pageSize
    this.#lostTurnsMs = options.lostTurnsMs
  }

  /** Whether the database holds rows that memory does not. At the start nobody knows, so yes. */
  get isBehind(): boolean {
    return this.#isBehind
  }

  /** A live message was left to the database. */
  leave(imei: string | null): void {
    this.#isBehind = true
    this.#overflowed = true
    if (imei !== null && this.#live.size < maxLive) this.#live.add(imei)
  }

  /** One round; never fails. Answers whether another would find more at once. */
  async run(nowMs: number): Promise<boolean> {
    try {
      const inbound = await this.#inbound(nowMs)
      const outbound = await this.#outbound(nowMs)
      if (isDue(nowMs, this.#staleAt, staleEveryMs)) {
        this.#staleAt = nowMs
        await this.#stale(nowMs)
      }
      if (isDue(nowMs, this.#turnsAt, this.#lostTurnsMs)) {
        this.#turnsAt = nowMs
        await this.#lostTurns()
      }
      return inbound || outbound
    } catch (error) {
      this.#log.warn('dispatch.sweep-failed', { error: String(error) })
      return false
    }
  }

  async #inbound(nowMs: number): Promise<boolean> {
    const limit = this.#limit('inbound')
    if (limit === 0) return false
    const page = { settledBefore: new Date(nowMs - settleMs), startedBefore: null }
    this.#overflowed = false
    let liveIsFull = false
    if (this.#live.size > 0) {
      const imeis = [...this.#live].slice(-100)
      for (const imei of imeis) this.#live.delete(imei)
      // A live message is wanted now; its row is complete, or it would not have been announced.
      const now = new Date(nowMs + 60_000)
      const rows = await listUndispatchedInbound(this.#db, { ...page, settledBefore: now, imeis, limit })
      for (const row of rows) this.#sink.offer(inboundJob(row), true)
      liveIsFull = rows.length >= limit
    }
    const rows = await listUndispatchedInbound(this.#db, { ...page, limit })
    for (const row of rows) this.#sink.offer(inboundJob(row), false)
    // Live ones left to the database while the pages were read are not in them.
    this.#isBehind = rows.length >= limit || liveIsFull || this.#overflowed
    return this.#isBehind
  }

  async #outbound(nowMs: number): Promise<boolean> {
    const limit = this.#limit('outbound')
    if (limit === 0) return false
    const args = { limit, settledBefore: new Date(nowMs - settleMs), startedBefore: null }
    const rows = await listUndispatchedOutbound(this.#db, args)
    for (const row of rows) this.#sink.offer(outboundJob(row), false)
    return rows.length >= limit
  }

  /** Rows to ask for: as many new ones as there is room for, behind those that are known. */
  #limit(kind: DispatchJob['kind']): number {
    const room = Math.min(this.#sink.room(kind), this.#pageSize)
    return room <= 0 ? 0 : room + Math.min(this.#sink.known(kind), maxKnown)
  }

  async #stale(nowMs: number): Promise<void> {
    const args = { limit: 200, settledBefore: new Date(nowMs), startedBefore: new Date(nowMs - staleMs) }
    for (const row of await listUndispatchedInbound(this.#db, args)) this.#sink.offer(inboundJob(row), false)
    for (const row of await listUndispatchedOutbound(this.#db, args)) this.#sink.offer(outboundJob(row), false)
  }

  /** What waits at the first look, after a start, was mostly left so by the process that died: woken at once. */
  async #lostTurns(): Promise<void> {
    const found = await listLostTurns(this.#db, { limit: maxLostTurns })
    const before = this.#atTurn
    this.#atTurn = new Set(found)
    const lost = found.filter((outboundId) => before === null || before.has(outboundId))
    if (lost.length > 0) this.#log.info('dispatch.lost-turns-woken', { deliveries: lost.length })
    for (const outboundId of lost) this.#sink.wake(outboundId)
  }
}

/** Also where the clock was set back since. */
function isDue(nowMs: number, lastMs: number, everyMs: number): boolean {
  return nowMs < lastMs || nowMs - lastMs >= everyMs
}
