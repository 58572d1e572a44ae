import {
  type Database,
  readTemporalHome,
  settleTemporalHome,
  type TemporalHomeRow,
  touchTemporalHome,
} from '@paikea/database'
import type { Log } from '@paikea/domain'
import { moveTemporal, systemCaller } from '@paikea/operations'
import type { Client } from '@temporalio/client'
import { type FoundTemporal, isEmpty, isSame, readIdentity } from './temporal-identity.ts'
import { keepRetention } from './temporal-retention.ts'

/** How often to check that it is still the same. */
const EVERY_MS = 5_000
/** A process that used its Temporal this recently counts as still using it. */
export const IN_USE_FOR_MS = 15_000

/** The Temporal that responds is not the one that acts on this store. */
export class OtherTemporalError extends Error {
  override readonly name = 'OtherTemporalError'
}

/** Keeps a process from acting through a Temporal that is not this store's. */
export interface TemporalHome {
  /** Returns if this store's Temporal responds. @throws {OtherTemporalError} or why it cannot be told */
  check(): Promise<void>
  /** Whether it was this store's at the last check, and has responded since. */
  isOurs(): boolean
  /** Call when it did not respond: the next one to respond is checked before anything is started. */
  doubt(): void
  /** Why nothing is started, in one line; `null` unless another Temporal responds. */
  refusal(): string | null
  /** Calls back when another Temporal responds. @returns a function that unsubscribes */
  onRefused(hear: () => void): () => void
  /** Starts periodic checks. */
  watch(): void
  stop(): void
}

/**
 * Compares the responding Temporal with the one recorded in the database. A new, empty development server takes over.
 */
export function createTemporalHome(options: {
  readonly db: Database
  readonly client: Client
  readonly namespace: string
  readonly log: Log
  readonly inUseForMs?: number
  /** How long a development server keeps completed workflows. @default unchanged */
  readonly retentionHours?: number
}): TemporalHome {
  const { db, client, namespace, log, inUseForMs = IN_USE_FOR_MS, retentionHours } = options
  const listeners = new Set<() => void>()
  let known: FoundTemporal | null = null
  let isCertain = false
  let refusal: string | null = null
  let looking: Promise<void> | null = null
  let timer: NodeJS.Timeout | null = null
  let isStopped = false

  async function look(): Promise<void> {
    isCertain = false
    const found = await readIdentity(client, namespace)
    try {
      const now = new Date()
      const home = (await readTemporalHome(db)) ?? (await settleTemporalHome(db, { identity: found, now }))
      if (isSame(home, found)) await touchTemporalHome(db, { identity: found, now })
      else if (!(await moveByItself(home, found))) refuse(home, found)
    } catch (error) {
      // An unavailable database is no reason to doubt a Temporal that is the same as before.
      if (error instanceof OtherTemporalError || known === null || !isSame(known, found)) throw error
    }
    if (refusal !== null) log.info('temporal.accepted')
    refusal = null
    known = found
    isCertain = true
    if (retentionHours !== undefined) await keepRetention(found, { client, hours: retentionHours, log })
  }

  /** A lost file, or a restored database: its state is gone, so nothing can act a second time. */
  async function moveByItself(home: TemporalHomeRow, found: FoundTemporal): Promise<boolean> {
    if (!found.isDevelopmentServer || !(await isEmpty(client))) return false
    const unseenSince = new Date(Date.now() - inUseForMs)
    const hasMoved = await moveTemporal({ db, caller: systemCaller('start') }, { from: home, to: found, unseenSince })
    if (hasMoved) log.warn('temporal.moved', { from: home.clusterId, to: found.clusterId, reason: 'new and empty' })
    return hasMoved
  }

  function refuse(home: TemporalHomeRow, found: FoundTemporal): never {
    const isNew = refusal === null
    known = null
    refusal = sayOther(home, found)
    if (isNew) {
      log.error('temporal.other', { reason: refusal })
      for (const hear of [...listeners]) hear()
    }
    throw new OtherTemporalError(refusal)
  }

  const check = (): Promise<void> => (looking ??= look().finally(() => (looking = null)))

  async function tick(): Promise<void> {
    await check().catch(() => undefined)
    if (isStopped) return
    timer = setTimeout(() => void tick(), EVERY_MS)
    timer.unref()
  }

  return {
    check,
    isOurs: () => isCertain,
    doubt: () => (isCertain = false),
    refusal: () => refusal,
    onRefused(hear) {
      listeners.add(hear)
      return () => listeners.delete(hear)
    },
    watch: () => void tick(),
    stop() {
      isStopped = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}

/** One line, with what to do. */
export function sayOther(home: TemporalHomeRow, found: FoundTemporal): string {
  const here = `namespace ${found.namespace} of cluster ${found.clusterId}`
  const there = `namespace ${home.namespace} of cluster ${home.clusterId}`
  return `this Temporal (${here}) does not belong to this database (${there}): set TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE to the latter, or move permanently with \`paikea move-temporal\``
}
