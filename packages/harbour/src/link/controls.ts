/** Holder of the controls that is no page: a running upgrade. */
export const UPGRADE = 'upgrade'

/** Who may send commands. One at a time; who asked first is next. */
export interface Controls {
  holder(): string | null
  /** Takes them if they are free. @returns whether the caller holds them now */
  claim(id: string): boolean
  /** Takes them from a page. @returns `false` where an upgrade holds them */
  force(id: string): boolean
  /** Waits for them. */
  ask(id: string): void
  /** Gives them to whoever asked first. */
  release(id: string): void
  /** Forgets a page. */
  leave(id: string): void
}

/** Builds the controls of one device. */
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
