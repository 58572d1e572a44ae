import type { DeviceCommand } from '@paikea/packets'

/** The content of a message that can be sent on. */
export type Subject =
  | {
      readonly kind: 'position'
      readonly latitudeDegrees: number
      readonly longitudeDegrees: number
      /** Time of the fix, or of transmission or arrival if its `utc` could not be read. */
      readonly fixAt: Date
      readonly sogKnots: number | null
      readonly cogDegrees: number | null
      /** Status as two hex digits, as sent. */
      readonly status: string | null
    }
  | { readonly kind: 'command'; readonly command: DeviceCommand }

/** The part of a stored report that makes up a position to send on. */
export interface PositionSource {
  readonly hasFix: boolean
  readonly latitude: number | null
  readonly longitude: number | null
  readonly fixAt: Date | null
  readonly at: Date
  readonly sogKnots: number | null
  readonly cogDegrees: number | null
  readonly status: string | null
}

/**
 * The part of a message to send on: the command it contains, else its report's position; `null` if there is neither (no
 * fix, an empty session). A tracker sends its position along with a command: the position goes on the map, the command
 * to the buoy.
 *
 * @param decoded the decoded value as stored; may be anything
 */
export function subjectOf(report: PositionSource | null, decoded: unknown): Subject | null {
  const command = readCommand(decoded)
  if (command !== null) return { kind: 'command', command }
  if (report !== null && report.hasFix && report.latitude !== null && report.longitude !== null) {
    return {
      kind: 'position',
      latitudeDegrees: report.latitude,
      longitudeDegrees: report.longitude,
      fixAt: report.fixAt ?? report.at,
      sogKnots: report.sogKnots,
      cogDegrees: report.cogDegrees,
      status: report.status,
    }
  }
  return null
}

function readCommand(decoded: unknown): DeviceCommand | null {
  if (!isRecord(decoded) || decoded['kind'] !== 'command' || !isRecord(decoded['command'])) return null
  const { command, on, minutes, seconds } = decoded['command']
  if (command === 'beacon' && typeof on === 'boolean') return { command, on }
  if (command === 'interval' && typeof minutes === 'number') return { command, minutes }
  if (command === 'sleep' && typeof seconds === 'number') return { command, seconds }
  return null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
