import type { CustomSlotSupplier, SlotPermit, WorkflowSlotInfo } from '@temporalio/worker'

/** How many workflow tasks a worker takes. */
export interface TaskSlotLimits {
  /** Tasks at most, counting those that only wait for a local activity. */
  readonly total: number
  /** Tasks at most that the worker itself is busy with: being decided, or on their way back to the server. */
  readonly busy: number
}

/** Slots for workflow tasks. */
export interface TaskSlots {
  readonly supplier: CustomSlotSupplier<WorkflowSlotInfo>
  /** Counts a local activity while it runs: its task waits, and the worker has room for another. */
  duringLocalActivity<Result>(run: () => Promise<Result>): Promise<Result>
}

/** A slot, from being reserved to being given back. */
interface Permit extends SlotPermit {
  state: 'polling' | 'used' | 'free'
}

interface Waiter {
  readonly grant: () => void
}

/**
 * Bounds how many workflow tasks a worker is busy with, apart from those whose local activity is under way.
 *
 * The server takes a task back after ten seconds, and what was done for it is done again. A worker that takes sixty tasks
 * on a busy machine finishes none of them in time: it then works for nothing, and the fewer it finishes the more it holds.
 * One limit for all would not do: sends to a receiver that hangs hold their tasks for ten seconds too, and must not keep
 * the others from theirs.
 */
export function createTaskSlots(limits: TaskSlotLimits): TaskSlots {
  let polling = 0
  let used = 0
  let local = 0
  let waiting: readonly Waiter[] = []

  const isFree = (): boolean => used < limits.total && used - local < limits.busy
  /** A poll that may bring a task counts as one. */
  const mayPoll = (): boolean => polling + used < limits.total && polling + used - local < limits.busy
  const wake = (): void => {
    for (let [next, ...others] = waiting; next !== undefined && mayPoll(); [next, ...others] = others) {
      waiting = others
      next.grant()
    }
  }
  const startPoll = (): Permit => {
    polling += 1
    return { state: 'polling' }
  }

  return {
    supplier: {
      type: 'custom',
      reserveSlot(_context, abortSignal) {
        if (mayPoll()) return Promise.resolve(startPoll())
        return new Promise((resolve, reject) => {
          const waiter: Waiter = {
            grant: () => {
              abortSignal.removeEventListener('abort', giveUp)
              resolve(startPoll())
            },
          }
          const giveUp = (): void => {
            waiting = waiting.filter((other) => other !== waiter)
            reject(new DOMException('The slot is not wanted any more.', 'AbortError'))
          }
          if (abortSignal.aborted) return giveUp()
          abortSignal.addEventListener('abort', giveUp, { once: true })
          waiting = [...waiting, waiter]
        })
      },
      // For a workflow that this process itself has just started: polls that stand idle do not keep it out.
      tryReserveSlot() {
        if (!isFree()) return null
        used += 1
        return { state: 'used' } satisfies Permit
      },
      markSlotUsed({ permit }) {
        const own = permit as Permit // made above
        if (own.state !== 'polling') return
        own.state = 'used'
        polling -= 1
        used += 1
      },
      releaseSlot({ permit }) {
        const own = permit as Permit // made above
        if (own.state === 'polling') polling -= 1
        if (own.state === 'used') used -= 1
        own.state = 'free'
        wake()
      },
    },
    async duringLocalActivity(run) {
      local += 1
      wake()
      try {
        return await run()
      } finally {
        local -= 1
      }
    },
  }
}
