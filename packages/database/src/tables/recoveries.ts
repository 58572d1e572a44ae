import { bigId, bigint, double, integer, now, orNull, text, time, word } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

export const RECOVERY_STATES = ['running', 'ended'] as const
export type RecoveryState = (typeof RECOVERY_STATES)[number]

/** A period during which a buoy reports often because someone is on the way to it. */
export const RECOVERIES = table('recoveries', {
  id: bigId,
  deviceId: integer,
  /** The short interval. */
  minutes: integer,
  /** The interval to restore. */
  backMinutes: integer,
  /** Ends early when the battery is lower; `null`: never. */
  stopBelowVolts: orNull(double),
  /** The announced cost. */
  credits: integer,
  state: word(RECOVERY_STATES, 16),
  /** Why it ended: `time`, `battery`, `by-operator`, `newer-command`, `refused`. */
  reason: orNull(text(32)),
  commandId: orNull(bigint),
  backCommandId: orNull(bigint),
  requestedBy: text(64),
  createdAt: now,
  endsAt: time,
  endedAt: orNull(time),
  workflowId: orNull(text(200)),
  workflowStartedAt: orNull(time),
})

export type Recovery = ModelOf<typeof RECOVERIES>
