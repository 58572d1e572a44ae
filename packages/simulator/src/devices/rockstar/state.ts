import { z } from 'zod'

import type { Fix } from '../firmware.ts'

/** The state of a tracker between reports. */
export interface RockStarState {
  readonly phase: 'off' | 'idle' | 'fixing' | 'sending' | 'pausing'
  /** When the GPS was last switched on: the next period counts from here. */
  readonly periodFromMs: number
  /** The report being sent, or waiting for a satellite. */
  readonly fix: Fix | null
}

/** A tracker that is switched off. */
export const rockStarOff: RockStarState = { phase: 'off', periodFromMs: 0, fix: null }

/** Parses a state from the journal. */
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
