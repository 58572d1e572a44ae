import type { CustomSlotSupplier, SlotPermit, WorkflowSlotInfo } from '@temporalio/worker'

/** How many workflow tasks a worker takes. */
export interface TaskSlotLimits {
  /** Tasks at most, counting those that only wait for a local activity. */
  readonly total: number
  /** Tasks at most that the worker itself is busy with: being decided, or on their way back to the server. */
  readonly busy: number
  /** Polls at most of the worker's own queue, and as many of the common one. */
  readonly polls: number
}

/** Slots for workflow tasks. */
export interface TaskSlots {
  readonly supplier: CustomSlotSupplier<WorkflowSlotInfo>
  /** Counts a local activity while it runs: its task waits, and the worker has room for another. */
  duringLocalActivity<Result>(run: () => Promise<Result>): Promise<Result>
}

/** A slot, from being reserved to being given back. */
interface Permit extends SlotPermit {
  readonly isSticky: boolean
  state: 'polling' | 'used' | 'free'
}

interface Waiter {
  readonly isSticky: boolean
  readonly grant: () => void
}

/**
 * Bounds how many workflow tasks a worker is busy with, apart from those whose local activity is under way.
 *
 * The server takes a task back after ten seconds, and what was done for it is done again. A worker that takes sixty tasks
 * on a busy machine finishes none of them in time: it then works for nothing, and the fewer it finishes the more it holds.
 * One limit for all would not do: sends to a receiver that hangs hold their tasks for ten seconds too, and must not keep
 * the others from theirs.
 *
 * A poll holds a slot for a minute where nothing comes. So that polls of the worker's own queue, which is empty after a
 * restart, do not hold them all, each queue has its share.
 */
export function createTaskSlots(limits: TaskSlotLimits): TaskSlots {
  const polls = { sticky: 0, common: 0 }
  let used = 0
  let local = 0
  let waiting: readonly Waiter[] = []

  const isFree = (): boolean => used < limits.total && used - local < limits.busy
  /** A poll that may bring a task counts as one. */
  const mayPoll = (isSticky: boolean): boolean => {
    const held = used + polls.sticky + polls.common
    return polls[kindOf(isSticky)] < limits.polls && held < limits.total && held - local < limits.busy
  }
  const wake = (): void => {
    for (const waiter of waiting) {
      if (!mayPoll(waiter.isSticky)) continue
      waiting = waiting.filter((other) => other !== waiter)
      waiter.grant()
    }
  }
  const startPoll = (isSticky: boolean): Permit => {
    polls[kindOf(isSticky)] += 1
    return { state: 'polling', isSticky }
  }

  return {
    supplier: {
      type: 'custom',
      reserveSlot({ isSticky }, abortSignal) {
        if (mayPoll(isSticky)) return Promise.resolve(startPoll(isSticky))
        return new Promise((resolve, reject) => {
          const waiter: Waiter = {
            isSticky,
            grant: () => {
              abortSignal.removeEventListener('abort', giveUp)
              resolve(startPoll(isSticky))
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
      tryReserveSlot({ isSticky }) {
        if (!isFree()) return null
        used += 1
        return { state: 'used', isSticky } satisfies Permit
      },
      markSlotUsed({ permit }) {
        const own = permit as Permit // made above
        if (own.state !== 'polling') return
        own.state = 'used'
        polls[kindOf(own.isSticky)] -= 1
        used += 1
      },
      releaseSlot({ permit }) {
        const own = permit as Permit // made above
        if (own.state === 'polling') polls[kindOf(own.isSticky)] -= 1
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

function kindOf(isSticky: boolean): 'sticky' | 'common' {
  return isSticky ? 'sticky' : 'common'
}
