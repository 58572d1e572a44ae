import type { Database } from '@paikea/database'
import { waitFor } from '../services/wait-for.ts'

/** Row counts a benchmark waits for. */
export const counted = {
  reports: (db: Database): Promise<number> => db.models.Report.count(),
  processed: (db: Database): Promise<number> => db.models.InboundMessage.count({ where: { state: 'processed' } }),
  sent: (db: Database): Promise<number> => db.models.OutboundMessage.count({ where: { state: 'sent' } }),
} as const

/**
 * Seconds until a count is reached.
 * @throws Error with the count reached if `limitSeconds` runs out
 */
export async function secondsUntil(
  db: Database,
  what: keyof typeof counted,
  options: { readonly atLeast: number; readonly limitSeconds: number },
): Promise<number> {
  const began = performance.now()
  let seen = 0
  const reached = await waitFor(
    async () => {
      seen = await counted[what](db)
      return seen >= options.atLeast
    },
    { limitMs: options.limitSeconds * 1000, everyMs: 100 },
  )
  if (!reached) throw new Error(`${what}: ${seen} of ${options.atLeast} after ${options.limitSeconds} s`)
  return (performance.now() - began) / 1000
}
