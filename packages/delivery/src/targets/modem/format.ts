import { encodeCommand, encodePosition } from '@paikea/packets'

import { formatted, NO_FORMAT, NOTHING_TO_SEND } from '../formatted.ts'
import type { EndpointToFormat, Formatted, MessageToFormat } from '../target.ts'

const COMMANDS: ReadonlySet<string> = new Set(['PK005', 'PK006', 'PK007'])

/** A position as a handset reads it, a command as a buoy does. */
export function formatForModem(
  { messageType, subject }: MessageToFormat,
  { deviceKind, generation }: EndpointToFormat<unknown>,
): Formatted {
  if (subject === null) return NOTHING_TO_SEND
  if (messageType !== null && COMMANDS.has(messageType)) {
    if (subject.kind !== 'command') return { ok: false, reason: 'command-missing' }
    return formatted(encodeCommand(subject.command, { generation: generation ?? 'v2' }))
  }
  // Any other type: what the vendor's own trackers report reads like a position of a buoy.
  // A buoy has no display: the position would be paid for and thrown away.
  if (subject.kind !== 'position' || deviceKind === 'buoy') return NO_FORMAT
  return formatted(encodePosition({ ...subject, statusInteger: statusInteger(subject.status) }))
}

/** The handset reads the status as a decimal integer, the buoy sends two hex digits. */
function statusInteger(status: string | null): number {
  return status !== null && /^[0-9a-f]{1,2}$/i.test(status) ? Number.parseInt(status, 16) : 0
}
