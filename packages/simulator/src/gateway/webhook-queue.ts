import type { Clock } from '../clock/clock.ts'
import type { WebhookRecord } from '../journal/records.ts'
import type { World } from '../journal/world.ts'
import { deliveryRules } from './delivery-rules.ts'
import type { Faults, WebhookFault } from './faults.ts'
import { webhookBody, webhookPath } from './webhook-body.ts'
import type { PostOutcome, PostWebhook } from './webhook-post.ts'

// The vendor's number of connections per address is unknown; this is enough for a storm and gentle on a small machine.
const MOST_IN_FLIGHT = 32
// Limit for webhooks held back for a reordering that never fills up.
const LONGEST_HOLD_MS = 60_000

/** Counts since start. */
export interface WebhookCounts {
  delivered: number
  failedAttempts: number
  abandoned: number
  duplicates: number
}

/** One finished attempt, for users. */
export interface AttemptLogEntry {
  readonly id: number
  readonly imei: string
  readonly attempt: number
  readonly status: number | null
  readonly detail: string
  readonly atMs: number
}

/**
 * Delivers webhooks as the vendor does: success is exactly 200 within seconds; otherwise retry with doubling pauses, in
 * no fixed order.
 */
export class WebhookQueue {
  readonly counts: WebhookCounts = { delivered: 0, failedAttempts: 0, abandoned: 0, duplicates: 0 }
  /** The latest attempts, oldest first. */
  readonly log: AttemptLogEntry[] = []
  readonly #clock: Clock
  readonly #world: World
  readonly #faults: Faults
  readonly #post: PostWebhook
  readonly #signingKey: () => Promise<string>
  readonly #stopping = new AbortController()
  readonly #ready: { readonly id: number; readonly twice: boolean }[] = []
  readonly #running = new Set<Promise<void>>()
  /** Webhooks waiting for their next attempt, with the function that cancels the timer. */
  readonly #scheduled = new Map<number, () => void>()
  /** Webhooks that wait for a connection, are held back, or are being posted. */
  readonly #busy = new Set<number>()
  #held: number[] = []

  constructor(options: {
    readonly clock: Clock
    readonly world: World
    readonly faults: Faults
    readonly post: PostWebhook
    readonly signingKey: () => Promise<string>
  }) {
    this.#clock = options.clock
    this.#world = options.world
    this.#faults = options.faults
    this.#post = options.post
    this.#signingKey = options.signingKey
  }

  /** Accepts a webhook that is on disk. */
  add(webhook: WebhookRecord): void {
    const fault = this.#faults.takeWebhook()
    if (fault?.name === 'delay') return this.#schedule(webhook.id, this.#clock.now() + fault.seconds * 1000)
    if (fault?.name === 'reorder') return this.#hold(webhook.id, fault)
    this.#start(webhook.id, fault?.name === 'duplicate')
  }

  /** Resumes everything pending, at once: attempts in flight when the process ended may never have arrived. */
  resume(): void {
    for (const cancel of this.#scheduled.values()) cancel()
    this.#scheduled.clear()
    const owed = [...this.#world.state.webhooks.keys()].filter((id) => !this.#busy.has(id))
    for (const id of owed.sort((one, other) => one - other)) this.#start(id, false)
  }

  /** Resolves when no attempt is in flight. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  /** Aborts all attempts; pending webhooks stay in the journal. */
  async close(): Promise<void> {
    this.#stopping.abort()
    for (const cancel of this.#scheduled.values()) cancel()
    this.#ready.length = 0
    await this.idle()
  }

  #hold(id: number, fault: WebhookFault): void {
    this.#held.push(id)
    this.#busy.add(id)
    if (this.#held.length === 1) this.#clock.schedule(this.#clock.now() + LONGEST_HOLD_MS, () => this.#release())
    if (this.#held.length >= fault.group) this.#release()
  }

  #release(): void {
    const held = this.#held
    this.#held = []
    // Sequentially, so that the receiver sees the reversed order too.
    const release = async (): Promise<void> => {
      for (const id of held.reverse()) await this.#attempt(id, false)
    }
    this.#track(release())
  }

  #schedule(id: number, atMs: number): void {
    const cancel = this.#clock.schedule(atMs, () => {
      this.#scheduled.delete(id)
      this.#start(id, false)
    })
    this.#scheduled.set(id, cancel)
  }

  #start(id: number, twice: boolean): void {
    if (this.#stopping.signal.aborted) return
    this.#ready.push({ id, twice })
    this.#busy.add(id)
    while (this.#running.size < MOST_IN_FLIGHT) {
      const next = this.#ready.shift()
      if (next === undefined) return
      this.#track(this.#attempt(next.id, next.twice))
    }
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => {
      this.#running.delete(tracked)
      const next = this.#ready.shift()
      if (next !== undefined) this.#track(this.#attempt(next.id, next.twice))
    })
    this.#running.add(tracked)
  }

  async #attempt(id: number, twice: boolean): Promise<void> {
    const webhook = this.#world.state.webhooks.get(id)
    const outcome = webhook === undefined ? null : await this.#postOnce(webhook)
    this.#busy.delete(id)
    if (webhook === undefined || outcome === null || this.#stopping.signal.aborted) return
    this.#remember(webhook, outcome)
    if (outcome.status !== 200) return this.#failed(webhook)
    this.counts.delivered++
    this.#world.note({ type: 'webhook-ended', id })
    if (twice) {
      this.counts.duplicates++
      this.#remember(webhook, await this.#postOnce(webhook))
    }
  }

  async #postOnce(webhook: WebhookRecord): Promise<PostOutcome> {
    try {
      const body = await webhookBody(webhook, this.#signingKey)
      const { answerWithinMs } = deliveryRules(webhook.style)
      return await this.#post(
        { path: webhookPath(webhook.style), webhook: body, answerWithinMs },
        this.#stopping.signal,
      )
    } catch (cause) {
      return { status: null, detail: cause instanceof Error ? cause.name : 'failed' }
    }
  }

  #failed(webhook: WebhookRecord): void {
    const attempts = webhook.attempts + 1
    const { mostAttempts, firstBackOffMs } = deliveryRules(webhook.style)
    this.counts.failedAttempts++
    if (attempts >= mostAttempts) {
      this.counts.abandoned++
      return this.#world.note({ type: 'webhook-ended', id: webhook.id })
    }
    const nextAtMs = this.#clock.now() + firstBackOffMs * 2 ** (attempts - 1)
    this.#world.note({ type: 'webhook-tried', id: webhook.id, attempts, nextAtMs })
    this.#schedule(webhook.id, nextAtMs)
  }

  #remember(webhook: WebhookRecord, outcome: PostOutcome): void {
    this.log.push({
      id: webhook.id,
      imei: webhook.imei,
      attempt: webhook.attempts + 1,
      ...outcome,
      atMs: this.#clock.now(),
    })
    if (this.log.length > 200) this.log.shift()
  }
}
