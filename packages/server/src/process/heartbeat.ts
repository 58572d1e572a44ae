import { beatProcess, type Database, forgetProcesses, GONE_AFTER_SECONDS, leaveProcess } from '@paikea/database'
import type { Heart } from '@paikea/delivery'
import type { Log } from '@paikea/domain'
import { randomInt } from 'node:crypto'

const EVERY_MS = 1_500
/** A longer gap between two of our own beats: others may have had one too, and are not judged by it. */
const PAUSE_MS = 4_000
/** By then the others have had time to beat again. */
const STEADY_AFTER_MS = GONE_AFTER_SECONDS * 1_000 + EVERY_MS
/** 2 to the 47th: too many for two processes to get the same. */
const MOST = 2 ** 47

/** Shows that this process is alive. */
export interface Heartbeat extends Heart {
  start(): void
  /** Signs off, with nothing in flight. */
  stop(): Promise<void>
}

/**
 * Writes the time into this process's row, by the database's own clock, so that others take over its work as soon as it
 * is dead. Others are judged only after a while without a gap of our own: while the database was unavailable, or this
 * process stalled, nobody could beat.
 */
export function createHeartbeat(options: {
  readonly db: Database
  readonly log: Log
  /** A monotonic clock in milliseconds. @default the process's */
  readonly nowMs?: () => number
  readonly everyMs?: number
}): Heartbeat {
  const { db, log, nowMs = () => performance.now(), everyMs = EVERY_MS } = options
  const id = randomInt(1, MOST)
  let timer: NodeJS.Timeout | null = null
  let beating: Promise<void> | null = null
  let isStopped = false
  let isFailing = false
  let lastMs = Number.NEGATIVE_INFINITY
  let steadySinceMs = Number.NEGATIVE_INFINITY

  async function beat(): Promise<void> {
    try {
      await beatProcess(db, id)
      const atMs = nowMs()
      if (atMs - lastMs > PAUSE_MS) steadySinceMs = atMs
      lastMs = atMs
      isFailing = false
    } catch (error) {
      if (!isFailing) log.warn('heartbeat.failed', { error: String(error) })
      isFailing = true
    }
  }

  function next(): void {
    if (isStopped) return
    beating = beat()
    void beating.then(() => {
      if (!isStopped) timer = setTimeout(next, everyMs)
      timer?.unref()
    })
  }

  return {
    id,
    isSteady() {
      const atMs = nowMs()
      return atMs - lastMs <= PAUSE_MS && atMs - steadySinceMs >= STEADY_AFTER_MS
    },
    start() {
      forgetProcesses(db).catch(() => undefined)
      next()
    },
    async stop() {
      isStopped = true
      if (timer !== null) clearTimeout(timer)
      await beating
      if (lastMs > Number.NEGATIVE_INFINITY) await leaveProcess(db, id).catch(() => undefined)
    },
  }
}
