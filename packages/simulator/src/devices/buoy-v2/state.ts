import { z } from 'zod'

/** The state of a v2 buoy. Only the interval is stored, and survives power-off and restarts. */
export interface BuoyV2State {
  readonly phase: 'off' | 'idle' | 'fixing' | 'sending' | 'pausing' | 'asleep' | 'service'
  readonly intervalSeconds: number
  readonly beaconOn: boolean
  /** The last send, or the last time the GPS was given up: the next period counts from here. */
  readonly periodFromMs: number
  /** The message being sent; empty for a mailbox check. */
  readonly text: string
  /** Failed attempts for this message so far. */
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

/** Parses a state from the journal. */
export const buoyV2StateSchema: z.ZodType<BuoyV2State> = z.object({
  phase: z.enum(['off', 'idle', 'fixing', 'sending', 'pausing', 'asleep', 'service']),
  intervalSeconds: z.number(),
  beaconOn: z.boolean(),
  periodFromMs: z.number(),
  text: z.string(),
  failed: z.number(),
})
