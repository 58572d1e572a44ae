/** Commands to a buoy. */
export const COMMAND_KINDS = ['interval', 'sleep', 'beacon'] as const
export type CommandKind = (typeof COMMAND_KINDS)[number]

/**
 * States of a command as users see them. `queued` and `sent` follow its message; `confirmed` and `refused` are what the
 * device's own report shows; `overdue`: that report should have arrived; `superseded`: a newer command of its kind
 * replaced it before it left; `voided`: the device was switched on meanwhile and forgot it; `needs-decision`: held,
 * because it would send a buoy to sleep twice; `failed` and `unknown` are the message's.
 */
export const COMMAND_STATES = [
  'queued',
  'sent',
  'confirmed',
  'refused',
  'overdue',
  'expired',
  'superseded',
  'voided',
  'needs-decision',
  'cancelled',
  'failed',
  'unknown',
] as const
export type CommandState = (typeof COMMAND_STATES)[number]
