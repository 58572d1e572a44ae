import type { Log } from '@paikea/domain'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Activities,
  connectNative,
  createStarter,
  createWorker,
  registerSearchAttributes,
  type WorkflowStarter,
} from '@paikea/workflows'
import { Client } from '@temporalio/client'
import { OtherTemporalError, type TemporalHome } from './temporal-home.ts'
import type { TemporalConfig } from '../config/temporal-config.ts'
import { temporalAddress } from './temporal-address.ts'

/** A worker that is restarted automatically. */
export interface WorkerLoop {
  /**
   * Starts workflows on the worker's own connection, so that the server returns their first task at once; `null` while
   * there is none.
   */
  starter(): WorkflowStarter | null
  state(): 'waiting' | 'running' | 'stopped'
  /** Stops taking work and drains. */
  stop(): Promise<void>
}

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 10_000

/**
 * Runs the worker for the life of the process: waits for Temporal at the start, and restarts the worker when it dies.
 * The API in the same process is unaffected.
 */
export function runWorkerLoop(options: {
  readonly temporal: TemporalConfig
  readonly activities: Activities
  /** No worker runs on a Temporal that is not this store's. */
  readonly home: Pick<TemporalHome, 'check' | 'onRefused'>
  readonly log: Log
  /** Whether to provide the starter: only if clients in this process start workflows. */
  readonly isEager: boolean
}): WorkerLoop {
  const { temporal, activities, log, home } = options
  const { namespace } = temporal
  const stopping = new AbortController()
  let starter: WorkflowStarter | null = null
  let state: 'waiting' | 'running' | 'stopped' = 'waiting'

  async function runOnce(): Promise<void> {
    const connection = await connectNative({ ...temporalAddress(temporal), log, signal: stopping.signal })
    try {
      await home.check()
      await registerAttributes(() => registerSearchAttributes({ connection, namespace }), log)
      const worker = await createWorker({ connection, activities, namespace, log })
      const stop = (): void => void worker.shutdown()
      stopping.signal.addEventListener('abort', stop, { once: true })
      const endHearing = home.onRefused(stop)
      try {
        if (stopping.signal.aborted) stop()
        if (options.isEager) starter = createStarter({ client: new Client({ connection, namespace }), isEager: true })
        state = 'running'
        log.info('worker.running', { namespace })
        await worker.done
      } finally {
        stopping.signal.removeEventListener('abort', stop)
        endHearing()
        starter = null
        state = 'waiting'
      }
    } finally {
      await connection.close().catch(() => undefined)
    }
  }

  async function run(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS
    while (!stopping.signal.aborted) {
      const startedAt = Date.now()
      try {
        await runOnce()
      } catch (error) {
        if (stopping.signal.aborted) break
        // Another Temporal is reported once, where it is detected.
        if (!(error instanceof OtherTemporalError)) log.error('worker.ended', { error: String(error) })
      }
      if (Date.now() - startedAt > 60_000) pauseMs = FIRST_PAUSE_MS
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined)
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
    }
    state = 'stopped'
  }

  const finished = run()
  return {
    starter: () => starter,
    state: () => state,
    async stop() {
      stopping.abort()
      await finished
    },
  }
}

/** Workflows start without attributes too; only the search in the UI is lost. */
async function registerAttributes(
  register: () => Promise<{ readonly added: readonly string[] }>,
  log: Log,
): Promise<void> {
  try {
    const { added } = await register()
    if (added.length > 0) log.info('temporal.search-attributes-registered', { added })
  } catch (error) {
    log.warn('temporal.search-attributes-missing', { error: String(error) })
  }
}
