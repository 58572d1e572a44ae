import type { TargetLimits } from '../targets/target.ts'

/** A slot that was taken. Release it exactly once. */
export type Release = () => void

interface Waiting {
  readonly endpointKey: string
  readonly give: (release: Release | null) => void
}

/**
 * Limits the concurrent sends of one kind of target in this process, and those to a single endpoint. Each kind has its
 * own slots, so that hanging targets only delay their own kind, and a hanging endpoint only itself.
 */
export class Slots {
  readonly #limits: TargetLimits
  readonly #byEndpoint = new Map<string, number>()
  readonly #waiting: Waiting[] = []
  #taken = 0

  constructor(limits: TargetLimits) {
    this.#limits = limits
  }

  /** Number of sends in flight. */
  get taken(): number {
    return this.#taken
  }

  /** Takes a slot; `null` if none became free within `waitMs`. */
  take(endpointKey: string, waitMs: number): Promise<Release | null> {
    if (this.#hasRoom(endpointKey)) return Promise.resolve(this.#give(endpointKey))
    if (waitMs <= 0 || this.#waiting.length >= this.#limits.maxWaiting) return Promise.resolve(null)
    return new Promise((resolve) => {
      const entry: Waiting = {
        endpointKey,
        give(release) {
          clearTimeout(timer)
          resolve(release)
        },
      }
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1)
        resolve(null)
      }, waitMs)
      this.#waiting.push(entry)
    })
  }

  #hasRoom(endpointKey: string): boolean {
    const { atOnce, atOncePerEndpoint } = this.#limits
    return this.#taken < atOnce && (this.#byEndpoint.get(endpointKey) ?? 0) < atOncePerEndpoint
  }

  #give(endpointKey: string): Release {
    this.#taken += 1
    this.#byEndpoint.set(endpointKey, (this.#byEndpoint.get(endpointKey) ?? 0) + 1)
    let isGiven = true
    return () => {
      if (!isGiven) return
      isGiven = false
      this.#taken -= 1
      const left = (this.#byEndpoint.get(endpointKey) ?? 1) - 1
      if (left === 0) this.#byEndpoint.delete(endpointKey)
      else this.#byEndpoint.set(endpointKey, left)
      this.#passOn()
    }
  }

  /** Gives the slot to the first waiter whose endpoint has room: those for a hanging endpoint are skipped. */
  #passOn(): void {
    const index = this.#waiting.findIndex(({ endpointKey }) => this.#hasRoom(endpointKey))
    if (index < 0) return
    const [entry] = this.#waiting.splice(index, 1)
    entry?.give(this.#give(entry.endpointKey))
  }
}

/** A kind's slots and its waiters: the limit on concurrent activities. */
export function mostBusy({ atOnce, maxWaiting }: TargetLimits): number {
  return atOnce + maxWaiting
}
