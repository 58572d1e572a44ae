import { z } from 'zod'

import { type AcceptedCommand, DEFAULT_INTERVAL_MINUTES } from './command.ts'
import { MOST_RETRIES } from './grid.ts'

/** `st` of a PK101: 0 normal, 1 power-on, 2 woke up, 3 configuration changed, 4 command refused. */
export type ReportReason = 0 | 1 | 2 | 3 | 4

/** The state of a v3 buoy while it is switched on. Nothing survives power-off. */
export interface BuoyV3State {
  readonly phase: 'off' | 'asleep' | 'fixing' | 'sending' | 'jammed'
  /** The interval in force; while a change waits for its reply it is 10. */
  readonly intervalMinutes: number
  /** A command that was accepted, but whose reply has not got through yet. */
  readonly change: AcceptedCommand | null
  /** The reason the next message gives; kept until a message gets through. */
  readonly reason: ReportReason
  readonly retriesLeft: number
  /** True time minus the device's clock: the device counts from 1970 until its first fix. */
  readonly clockBehindMs: number
  /** When it woke, true time. */
  readonly wokeAtMs: number
  /** When the GPS got a fix or was given up, true time. */
  readonly readAtMs: number
  /** The message being sent. */
  readonly text: string | null
}

/** A v3 buoy that is switched off. */
export const buoyV3Off: BuoyV3State = {
  phase: 'off',
  intervalMinutes: DEFAULT_INTERVAL_MINUTES,
  change: null,
  reason: 1,
  retriesLeft: MOST_RETRIES,
  clockBehindMs: 0,
  wokeAtMs: 0,
  readAtMs: 0,
  text: null,
}

/** Parses a state from the journal. */
export const buoyV3StateSchema: z.ZodType<BuoyV3State> = z.object({
  phase: z.enum(['off', 'asleep', 'fixing', 'sending', 'jammed']),
  intervalMinutes: z.number(),
  change: z.object({ intervalMinutes: z.number(), sleepSeconds: z.number() }).nullable(),
  reason: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
  retriesLeft: z.number(),
  clockBehindMs: z.number(),
  wokeAtMs: z.number(),
  readAtMs: z.number(),
  text: z.string().nullable(),
})
