import { isUnavailable, loadOutboundForDispatch } from '@paikea/database'

import type { DirectResult } from '../contract.ts'
import type { DeliveryDeps } from '../deps.ts'
import type { Deliver } from './deliver.ts'
import type { AttemptRecord, DeliverStep } from './outcome.ts'
import type { Wish } from './turn.ts'

/** Longest pause between tries to record an answer that no workflow keeps. */
const LONGEST_PAUSE_MS = 5_000

/** Sends deliveries that have no workflow of their own: those to programs, in order within each queue. */
export interface Direct {
  /** Tries deliveries concurrently. Waits at most `waitMs`, and not for endpoints known to hang; the rest continues. */
  tryAll(outboundIds: readonly number[], waitMs: number): Promise<DirectResult>
  /** Sends a delivery if it is its turn. Calls made while it is being sent share the result. */
  send(outboundId: number, wish?: Wish): Promise<DeliverStep>
  /** Sends a delivery without notifying listeners. */
  start(outboundId: number): void
  /** Called when nobody should wait for this delivery any longer: its endpoint hangs. */
  letGo(outboundId: number): void
  /** Resolves when nothing is being sent. */
  idle(): Promise<void>
}

/** Builds the direct lane from the steps of a delivery. */
export function createDirect(deps: DeliveryDeps, deliver: () => Deliver): Direct {
  const underWay = new Map<number, Promise<DeliverStep>>()
  const waiting = new Map<number, () => void>()

  function send(outboundId: number, wish: Wish = 'send'): Promise<DeliverStep> {
    const running = underWay.get(outboundId)
    if (running !== undefined) return running
    const started = sendOne(outboundId, wish).finally(() => underWay.delete(outboundId))
    underWay.set(outboundId, started)
    return started
  }

  async function sendOne(outboundId: number, wish: Wish): Promise<DeliverStep> {
    let step = await deliver().run({ outboundId, wish }, 0)
    if (step.step === 'unrecorded') step = await writeDown(step.record)
    // By now its row says that it has a workflow of its own.
    if (step.step === 'try-later') await announce(outboundId)
    return step
  }

  /** Where this process dies before it succeeds, the open attempt says that it may have been sent: it is, again, with the same id. */
  async function writeDown(record: AttemptRecord): Promise<DeliverStep> {
    for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        return await deliver().record(record)
      } catch (error) {
        if (!isUnavailable(error)) throw error
        await new Promise((resolve) => setTimeout(resolve, pauseMs).unref())
      }
    }
  }

  async function announce(outboundId: number): Promise<void> {
    try {
      deps.notifyOutbound(await loadOutboundForDispatch(deps.db, { outboundIds: [outboundId] }))
    } catch (error) {
      // The dispatcher's sweep will find it.
      deps.log.warn('direct.not-announced', { outboundId, error: String(error) })
    }
  }

  function letGo(outboundId: number): void {
    waiting.get(outboundId)?.()
  }

  return {
    async tryAll(outboundIds, waitMs) {
      let done = 0
      const tries = outboundIds.map(async (outboundId) => {
        const step = await send(outboundId)
        if (step.step === 'finished' && step.state !== 'held') done += 1
      })
      const released = outboundIds.map(
        (outboundId) => new Promise<void>((resolve) => waiting.set(outboundId, () => resolve())),
      )
      let timer: NodeJS.Timeout | undefined
      const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, waitMs)))
      const each = tries.map((one, index) => Promise.race([one, released[index]]))
      // A failure after the wait is found by whoever looks at the row next.
      for (const one of tries) one.catch((error: unknown) => deps.log.warn('direct.failed', { error: String(error) }))
      try {
        await Promise.race([Promise.all(each), timeout])
      } finally {
        clearTimeout(timer)
        for (const outboundId of outboundIds) waiting.delete(outboundId)
      }
      return { done, left: outboundIds.length - done }
    },
    send,
    start(outboundId) {
      send(outboundId).catch((error: unknown) => {
        deps.log.warn('direct.failed', { outboundId, error: String(error) })
      })
    },
    letGo,
    async idle() {
      while (underWay.size > 0) await Promise.allSettled(underWay.values())
    },
  }
}
