import { type Database, type FirmwareWork, listUndispatchedFirmware, markFirmwareDispatched } from '@paikea/database'
import type { Log } from '@paikea/domain'
import { firmwareWorkflowId } from '../contract/ids.ts'
import { signalNames } from '../contract/names.ts'
import { firmwareStart } from './firmware-starts.ts'
import type { WorkflowStarter } from './starter.ts'

/** Starts the workflows of firmware rows, and wakes them when their row changes. */
export interface FirmwareDispatcher {
  /** Call after a commit that created a row, to start its workflow now. Cheap, never throws. */
  notify(): void
  /** Call after a commit that changed a row, to wake its workflow. Cheap, never throws. */
  wake(work: FirmwareWork, id: number): void
  start(): void
  /** Takes no new work and drains calls in flight. */
  stop(): Promise<void>
}

const SWEEP_MS = 2000
const PAGE = 200
/** Concurrent calls, counted separately for starts and signals. */
const CONCURRENCY = 8
/** Beyond this many, the workflows' own slow timers suffice. */
const MAX_WAKES = 20_000

/** Creates it. The next sweep retries a start that failed. */
export function createFirmwareDispatcher(options: {
  readonly db: Database
  readonly starter: WorkflowStarter
  readonly log: Log
  /** @default 2000 */
  readonly sweepMs?: number
}): FirmwareDispatcher {
  const { db, starter, log, sweepMs = SWEEP_MS } = options
  const wakes = new Map<string, { readonly work: FirmwareWork; readonly id: number }>()
  let timer: NodeJS.Timeout | null = null
  let sweeping: Promise<void> | null = null
  let isWanted = false
  let isOn = false
  let isComplaining = false
  const waking = new Set<Promise<void>>()

  async function sweep(): Promise<void> {
    try {
      do {
        isWanted = false
        const rows = await listUndispatchedFirmware(db, { limit: PAGE })
        const started = new Map<FirmwareWork, number[]>()
        await inParallel(rows, async (row) => {
          await starter.start(firmwareStart(row))
          started.set(row.work, [...(started.get(row.work) ?? []), row.id])
        })
        for (const [work, ids] of started) await markFirmwareDispatched(db, { work, ids, now: new Date() })
        if (rows.length >= PAGE) isWanted = true
        isComplaining = false
      } while (isWanted && isOn)
    } catch (error) {
      if (!isComplaining) log.warn('firmware.not-dispatched', { error: String(error) })
      isComplaining = true
    }
  }

  function run(): void {
    if (!isOn) return
    if (sweeping !== null) {
      isWanted = true
      return
    }
    sweeping = sweep().finally(() => {
      sweeping = null
    })
  }

  function pump(): void {
    for (const [key, { work, id }] of wakes) {
      if (!isOn || waking.size >= CONCURRENCY) return
      wakes.delete(key)
      const call = starter
        .signal(firmwareWorkflowId(work, id), signalNames.look)
        .catch((error: unknown) => log.warn('firmware.not-woken', { work, id, error: String(error) }))
        .finally(() => {
          waking.delete(call)
          pump()
        })
      waking.add(call)
    }
  }

  return {
    notify: () => void setImmediate(run),
    wake(work, id) {
      if (wakes.size < MAX_WAKES) wakes.set(`${work}/${id}`, { work, id })
      pump()
    },
    start() {
      isOn = true
      timer = setInterval(run, sweepMs)
      run()
      pump()
    },
    async stop() {
      isOn = false
      if (timer !== null) clearInterval(timer)
      await sweeping
      await Promise.all(waking)
    },
  }
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items]
  const lane = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
  }
  const outcomes = await Promise.allSettled(Array.from({ length: CONCURRENCY }, lane))
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
