/** Circuit breaker for starts: while Temporal does not answer, one start per second probes whether it is back. */
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

  /** When it opened, in milliseconds since 1970; `null` while closed. */
  get openSinceMs(): number | null {
    return this.#isOpen ? this.#openedAt : null
  }

  /** Milliseconds until a start may be attempted; 0 = now. A result of 0 while open claims the probe of this period. */
  claimStart(nowMs: number): number {
    if (!this.#isOpen) return 0
    const waitMs = this.#nextProbeAt - nowMs
    // Never longer than the pause itself, in case the clock was set back.
    if (waitMs > 0 && waitMs <= this.#probeMs) return waitMs
    this.#nextProbeAt = nowMs + this.#probeMs
    return 0
  }

  /** Records a failure. @returns whether this opened the circuit */
  failed(nowMs: number): boolean {
    if (this.#isOpen) return false
    this.#isOpen = true
    this.#openedAt = nowMs
    this.#nextProbeAt = nowMs + this.#probeMs
    return true
  }

  /** Records a success. @returns whether this closed the circuit */
  succeeded(): boolean {
    const wasOpen = this.#isOpen
    this.#isOpen = false
    return wasOpen
  }
}
