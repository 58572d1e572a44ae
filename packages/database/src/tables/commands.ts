import { COMMAND_KINDS, DEVICE_GENERATIONS } from '@paikea/domain'

import { bigId, bigint, integer, now, orNull, text, time, word } from '../sql/kinds.ts'
import { table } from '../sql/table.ts'

/**
 * The stored part of a command's state: `open` follows its message, the others are decided. `needs-decision` has no
 * message yet.
 */
export const STORED_COMMAND_STATES = [
  'open',
  'confirmed',
  'refused',
  'superseded',
  'voided',
  'cancelled',
  'needs-decision',
] as const
export type StoredCommandState = (typeof STORED_COMMAND_STATES)[number]

/** A command to a device, and whether it was obeyed. */
export const COMMANDS = table('commands', {
  id: bigId,
  groupId: integer,
  deviceId: integer,
  kind: word(COMMAND_KINDS, 16),
  /** Minutes, seconds, or 1 and 0 for on and off. */
  value: integer,
  generation: word(DEVICE_GENERATIONS, 8),
  /** The MT text. */
  text: text(64),
  credits: integer,
  state: word(STORED_COMMAND_STATES, 16),
  reason: orNull(text(32)),
  outboundId: orNull(bigint),
  requestedBy: text(64),
  expectedFrom: orNull(time),
  expectedTo: orNull(time),
  /** When the confirming or refusing report should have arrived. */
  answeredBy: orNull(time),
  createdAt: now,
  decidedAt: orNull(time),
  decidedByMessageId: orNull(bigint),
})
