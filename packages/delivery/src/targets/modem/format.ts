import { encodeCommand, encodePosition } from '@paikea/packets'

import { formatted, NO_FORMAT, NOTHING_TO_SEND } from '../formatted.ts'
import type { EndpointToFormat, Formatted, MessageToFormat } from '../target.ts'

const COMMANDS: ReadonlySet<string> = new Set(['PK005', 'PK006', 'PK007'])

/** Formats a position for a handset or a command for a buoy. */
export function formatForModem(
  { messageType, subject }: MessageToFormat,
  { deviceKind, generation }: EndpointToFormat<unknown>,
): Formatted {
  if (subject === null) return NOTHING_TO_SEND
  if (messageType !== null && COMMANDS.has(messageType)) {
    if (subject.kind !== 'command') return { ok: false, reason: 'command-missing' }
    return formatted(encodeCommand(subject.command, { generation: generation ?? 'v2' }))
  }
  // Any other type: reports of the vendor's own trackers read like a buoy's position.
  // A buoy has no display: it would throw away a position that was paid for.
  if (subject.kind !== 'position' || deviceKind === 'buoy') return NO_FORMAT
  return formatted(encodePosition({ ...subject, statusInteger: statusInteger(subject.status) }))
}

/** The handset expects the status as a decimal integer; the buoy sends two hex digits. */
function statusInteger(status: string | null): number {
  return status !== null && /^[0-9a-f]{1,2}$/i.test(status) ? Number.parseInt(status, 16) : 0
}
