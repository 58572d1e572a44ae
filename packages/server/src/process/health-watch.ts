import type { TemporalHealth } from '@paikea/api'
import type { TemporalSide } from './temporal-side.ts'

/** What is known about Temporal without asking. */
export interface HealthWatch {
  health(): TemporalHealth
  stop(): void
}

const everyMs = 2_000

/** Asks Temporal now and then, so that `/readyz` answers at once and nothing waits for a server that hangs. */
export function watchTemporal(side: Pick<TemporalSide, 'isAnswering'>): HealthWatch {
  let health: TemporalHealth = { state: 'unknown' }
  let timer: NodeJS.Timeout | null = null
  let isStopped = false
  const look = async (): Promise<void> => {
    const isUp = await side.isAnswering()
    health = isUp ? { state: 'up' } : { state: 'down', detail: 'does not answer' }
    if (isStopped) return
    timer = setTimeout(() => void look(), everyMs)
    timer.unref()
  }
  void look()
  return {
    health: () => health,
    stop() {
      isStopped = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}
