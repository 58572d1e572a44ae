import { z } from 'zod'

import type { DisplayedBuoy } from './display.ts'

/** The state of a handset. Switched off, it forgets the buoy it showed. */
export interface HandsetState {
  readonly phase: 'off' | 'idle' | 'fixing' | 'sending' | 'pausing'
  /** The buoy on the display. */
  readonly buoy: DisplayedBuoy | null
  /** A user's requests, not yet sent. */
  readonly asked: readonly string[]
  /** A ring alert came while the radio was busy, or the gateway said that it holds more. */
  readonly rang: boolean
  /** The last report, or the last time the GPS was given up: the next period counts from here. */
  readonly periodFromMs: number
  /** The message being sent; empty for a mailbox check. */
  readonly text: string
  /** Failed attempts for this message so far. */
  readonly failed: number
}

/** A handset that is switched off. */
export const handsetOff: HandsetState = {
  phase: 'off',
  buoy: null,
  asked: [],
  rang: false,
  periodFromMs: 0,
  text: '',
  failed: 0,
}

const displayedBuoySchema = z.object({
  latitude: z.string(),
  ns: z.string(),
  longitude: z.string(),
  ew: z.string(),
  sogKnots: z.number(),
  cogDegrees: z.number(),
  utc: z.string(),
  status: z.number(),
})

/** Parses a state from the journal. */
export const handsetStateSchema: z.ZodType<HandsetState> = z.object({
  phase: z.enum(['off', 'idle', 'fixing', 'sending', 'pausing']),
  buoy: displayedBuoySchema.nullable(),
  asked: z.array(z.string()),
  rang: z.boolean(),
  periodFromMs: z.number(),
  text: z.string(),
  failed: z.number(),
})
