import { z } from 'zod'

/** All a v2 buoy knows. Only the interval is stored and survives power-off and restarts. */
export interface BuoyV2State {
  readonly phase: 'off' | 'idle' | 'fixing' | 'sending' | 'pausing' | 'asleep' | 'service'
  readonly intervalSeconds: number
  readonly beaconOn: boolean
  /** The last send, or the last time the GPS was given up: the next period runs from here. */
  readonly periodFromMs: number
  /** The message being sent; empty for a mailbox check. */
  readonly text: string
  /** Failed tries of this message so far. */
  readonly failed: number
}

/** A v2 buoy that is switched off and never had a command. */
export const buoyV2Off: BuoyV2State = {
  phase: 'off',
  intervalSeconds: 600,
  beaconOn: false,
  periodFromMs: 0,
  text: '',
  failed: 0,
}

/** Reads a state back from the journal. */
export const buoyV2StateSchema: z.ZodType<BuoyV2State> = z.object({
  phase: z.enum(['off', 'idle', 'fixing', 'sending', 'pausing', 'asleep', 'service']),
  intervalSeconds: z.number(),
  beaconOn: z.boolean(),
  periodFromMs: z.number(),
  text: z.string(),
  failed: z.number(),
})
