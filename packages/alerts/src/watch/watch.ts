import { randomUUID } from 'node:crypto'
import { statfs } from 'node:fs/promises'
import { type Database, takeAlertWatch } from '@paikea/database'
import { createReach } from '@paikea/delivery'
import type { Clock, Log } from '@paikea/domain'
import { createCertificateWatch } from './certificates.ts'
import { type DiskReader, type IntervalMemory, lookAround } from './look.ts'
import { settle } from './settle.ts'
import { createShores, type Shores } from './shores.ts'
import { type Channels, tellDue } from './tell.ts'

/** An alert is sent within a minute of being due: two rounds, plus their duration. */
export const EVERY_MS = 15_000
/** Another process takes over if the one on watch has not been seen for this long. */
const LEASE_MS = 40_000

/** Detects alerts and sends them. */
export interface AlertWatch {
  /** Starts periodic rounds. */
  start(): void
  /** One round. @returns false if another process is on watch */
  round(now: Date): Promise<boolean>
  stats(): object
  stop(): Promise<void>
}

/** Creates it. Of several processes, one is on watch at a time. */
export function createAlertWatch(options: {
  readonly db: Database
  readonly log: Log
  readonly channels: Channels
  /** Folder whose disk is checked. @default none */
  readonly dataFolder?: string
  /** @default the land of the world, coarse */
  readonly shores?: Shores
  /** @default 15000 */
  readonly everyMs?: number
  /** @default the machine's */
  readonly clock?: Clock
}): AlertWatch {
  const {
    db,
    log,
    channels,
    dataFolder,
    everyMs = EVERY_MS,
    shores = createShores(),
    clock = () => new Date(),
  } = options
  const { publicUrl, sending } = channels
  const certificates = createCertificateWatch({ db, publicUrl, reach: sending.reach ?? createReach([]) })
  const holder = randomUUID()
  const intervals: IntervalMemory = new Map()
  const disk: DiskReader | null = dataFolder === undefined ? null : () => readDisk(dataFolder)
  const counts = { rounds: 0, opened: 0, ended: 0, told: 0, failed: 0, lastRoundSeconds: 0 }
  let timer: NodeJS.Timeout | null = null
  let isStopped = false
  let underWay: Promise<unknown> = Promise.resolve()

  async function round(now: Date): Promise<boolean> {
    if (!(await takeAlertWatch(db, { holder, now, until: new Date(now.getTime() + LEASE_MS) }))) return false
    const startedMs = performance.now()
    const { opened, ended } = await settle(
      db,
      await lookAround(db, { now, disk, intervals, shores, certificates }),
      now,
    )
    const { told, failed } = await tellDue(db, channels, { now, log })
    counts.rounds += 1
    counts.opened += opened
    counts.ended += ended
    counts.told += told
    counts.failed += failed
    counts.lastRoundSeconds = (performance.now() - startedMs) / 1000
    if (opened + ended > 0) log.info('alert.round', { opened, ended, told, failed })
    return true
  }

  function plan(): void {
    if (isStopped) return
    timer = setTimeout(() => {
      underWay = round(clock())
        .catch((error: unknown) => log.warn('alert.round-failed', { error: String(error) }))
        .finally(plan)
    }, everyMs)
    timer.unref()
  }

  return {
    round,
    start: plan,
    stats: () => counts,
    async stop() {
      isStopped = true
      if (timer !== null) clearTimeout(timer)
      await underWay
      await certificates.idle()
    },
  }
}

async function readDisk(folder: string): ReturnType<DiskReader> {
  const { bavail, blocks, bsize } = await statfs(folder)
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
}
