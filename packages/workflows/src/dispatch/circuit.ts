/** Whether Temporal answers; while it does not, one start a second finds out when it is back. */
export class Circuit {
  readonly #probeMs: number
  #isOpen = false
  #nextProbeAt = 0
  #openedAt = 0

  constructor(options: { readonly probeMs: number }) {
    this.#probeMs = options.probeMs
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** When it opened, in milliseconds since 1970; `null` while it is closed. */
  get openSinceMs(): number | null {
    return this.#isOpen ? this.#openedAt : null
  }

  /** Milliseconds until a start may be tried, 0 = now. Asking with 0 as the answer uses up the probe of this second. */
  claimStart(nowMs: number): number {
    if (!this.#isOpen) return 0
    const waitMs = this.#nextProbeAt - nowMs
    // Never longer than the pause itself: the clock may be set back.
    if (waitMs > 0 && waitMs <= this.#probeMs) return waitMs
    this.#nextProbeAt = nowMs + this.#probeMs
    return 0
  }

  /** Answers whether this opened it. */
  failed(nowMs: number): boolean {
    if (this.#isOpen) return false
    this.#isOpen = true
    this.#openedAt = nowMs
    this.#nextProbeAt = nowMs + this.#probeMs
    return true
  }

  /** Answers whether this closed it. */
  succeeded(): boolean {
    const wasOpen = this.#isOpen
    this.#isOpen = false
    return wasOpen
  }
}
