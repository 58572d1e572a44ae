/** Holder of the controls other than a page: a running upgrade. */
export const UPGRADE = 'upgrade'

/** Who may send commands: one holder at a time, then first come, first served. */
export interface Controls {
  holder(): string | null
  /** Takes the controls if they are free. @returns whether the caller holds them now */
  claim(id: string): boolean
  /** Takes them from a page. @returns `false` if an upgrade holds them */
  force(id: string): boolean
  /** Queues for them. */
  ask(id: string): void
  /** Passes them to the first in the queue. */
  release(id: string): void
  /** Forgets a page. */
  leave(id: string): void
}

/** Creates a device's controls. */
export function createControls(): Controls {
  let holder: string | null = null
  const waiting = new Set<string>()
  const controls: Controls = {
    holder: () => holder,
    claim(id) {
      holder ??= id
      if (holder === id) waiting.delete(id)
      return holder === id
    },
    force(id) {
      if (holder === UPGRADE) return false
      holder = id
      waiting.delete(id)
      return true
    },
    ask: (id) => void waiting.add(id),
    release(id) {
      waiting.delete(id)
      if (holder !== id) return
      const [next = null] = waiting
      holder = next
      if (next !== null) waiting.delete(next)
    },
    leave: (id) => controls.release(id),
  }
  return controls
}
