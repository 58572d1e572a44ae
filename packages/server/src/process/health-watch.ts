import type { TemporalHealth } from '@paikea/api'
import type { TemporalSide } from './temporal-side.ts'

/** Temporal's state as last seen, without asking. */
export interface HealthWatch {
  health(): TemporalHealth
  stop(): void
}

/** How often to check whether it responds. */
const EVERY_MS = 2_000
/** How long a started workflow proves that workflows can be started; after that, a probe is started. */
const PROVEN_FOR_MS = 30_000

/** Checks Temporal periodically, so that `/readyz` responds at once and nothing waits for a hanging server. */
export function watchTemporal(
  side: Pick<TemporalSide, 'isAnswering' | 'tryStart' | 'lastStarts' | 'refusal'>,
  everyMs = EVERY_MS,
): HealthWatch {
  let health: TemporalHealth = { state: 'unknown' }
  let triedAt = Number.NEGATIVE_INFINITY
  let lookedAt = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | null = null
  let isStopped = false

  async function look(): Promise<TemporalHealth> {
    if (!(await side.isAnswering())) return { state: 'down', detail: 'does not answer' }
    const refusal = side.refusal()
    if (refusal !== null) return { state: 'down', detail: refusal }
    const { succeededAt, failedAt } = side.lastStarts()
    const provenAt = Math.max(succeededAt, triedAt)
    const isProven = provenAt > failedAt && performance.now() - provenAt < PROVEN_FOR_MS
    if (isProven && health.state === 'up') return health
    try {
      const at = performance.now()
      await side.tryStart()
      triedAt = at
      return { state: 'up' }
    } catch (error) {
      return { state: 'down', detail: `answers, but starts no workflow (${wordsOf(error)})` }
    }
  }

  const tick = async (): Promise<void> => {
    const at = performance.now()
    health = await look()
    lookedAt = at
    if (isStopped) return
    timer = setTimeout(() => void tick(), everyMs)
    timer.unref()
  }
  void tick()
  return {
    health() {
      // A real workflow start since the last check is better proof than the check.
      const { succeededAt, failedAt } = side.lastStarts()
      return succeededAt > Math.max(lookedAt, failedAt) ? { state: 'up' } : health
    },
    stop() {
      isStopped = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}

/** The SDK wraps the server's message, which is in `details`. */
function wordsOf(error: unknown): string {
  for (let at: unknown = error; typeof at === 'object' && at !== null; at = 'cause' in at ? at.cause : null) {
    if ('details' in at && typeof at.details === 'string' && at.details !== '') return at.details
  }
  return error instanceof Error ? error.message : String(error)
}
