import { z } from 'zod'

import type { Fix } from '../firmware.ts'

/** All a tracker knows while it goes from one report to the next. */
export interface RockStarState {
  readonly phase: 'off' | 'idle' | 'fixing' | 'sending' | 'pausing'
  /** The next period runs from here: the moment the GPS was last switched on. */
  readonly periodFromMs: number
  /** The report that is being sent, or that waits for a better sky. */
  readonly fix: Fix | null
}

/** A tracker that is switched off. */
export const rockStarOff: RockStarState = { phase: 'off', periodFromMs: 0, fix: null }

/** Reads a state back from the journal. */
export const rockStarStateSchema: z.ZodType<RockStarState> = z.object({
  phase: z.enum(['off', 'idle', 'fixing', 'sending', 'pausing']),
  periodFromMs: z.number(),
  fix: z
    .object({
      latitudeDegrees: z.number(),
      longitudeDegrees: z.number(),
      sogKnots: z.number(),
      cogDegrees: z.number(),
      atMs: z.number(),
    })
    .nullable(),
})
