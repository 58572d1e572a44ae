import { encodeCommand, encodePosition, encodeRockstarPosition } from '@paikea/packets'
import type { DeviceCommand, EncodeResult, Generation } from '@paikea/packets'

/** What a message says, as far as something can be sent on from it. */
export type Subject =
  | {
      readonly kind: 'position'
      readonly latitudeDegrees: number
      readonly longitudeDegrees: number
      /** Time of the fix; where its `utc` could not be read, the time of transmission or arrival. */
      readonly fixAt: Date
      readonly sogKnots: number | null
      readonly cogDegrees: number | null
      /** Status as two hex digits, as sent. */
      readonly status: string | null
    }
  | { readonly kind: 'command'; readonly command: DeviceCommand }

/** Where a delivery goes, as far as its text depends on it. */
export interface FormatTarget {
  readonly kind: 'modem' | 'rockstar'
  /** Firmware of the device that holds the modem now; `null` = nobody told us. */
  readonly generation: Generation | null
}

type Format = (subject: Subject, target: FormatTarget) => EncodeResult

/**
 * The one place that says how a message is put into words for a target: `[message type][target kind]`. What has no
 * entry cannot be sent there.
 */
const formats: Readonly<Record<string, Partial<Readonly<Record<FormatTarget['kind'], Format>>>>> = {
  PK001: { modem: positionForHandset, rockstar: positionForReader },
  PK004: { modem: positionForHandset, rockstar: positionForReader },
  PK101: { modem: positionForHandset, rockstar: positionForReader },
  PK005: { modem: commandForBuoy },
  PK006: { modem: commandForBuoy },
  PK007: { modem: commandForBuoy },
}

/** Vendors' own position reports (formats B and C) carry no packet type; they read like a position of a buoy. */
const positionWithoutPacket = { modem: positionForHandset, rockstar: positionForReader }

/** A text to send, or why there is none. */
export type Formatted = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string }

/** Puts a message into the words its target understands; a combination that has none is a reason, never an error. */
export function formatFor(messageType: string | null, subject: Subject, target: FormatTarget): Formatted {
  const row = messageType === null ? undefined : formats[messageType]
  const format = (row ?? (subject.kind === 'position' ? positionWithoutPacket : undefined))?.[target.kind]
  if (format === undefined) return { ok: false, reason: 'no-format-for-target' }
  const result = format(subject, target)
  return result.ok ? result : { ok: false, reason: `${result.problem.field}-${result.problem.code}` }
}

function positionForHandset(subject: Subject): EncodeResult {
  if (subject.kind !== 'position') return notThis('position')
  return encodePosition({ ...subject, statusInteger: statusInteger(subject.status) })
}

function positionForReader(subject: Subject): EncodeResult {
  if (subject.kind !== 'position') return notThis('position')
  return encodeRockstarPosition(subject)
}

function commandForBuoy(subject: Subject, target: FormatTarget): EncodeResult {
  if (subject.kind !== 'command') return notThis('command')
  return encodeCommand(subject.command, { generation: target.generation ?? 'v2' })
}

/** The handset reads the status as a decimal integer, the buoy sends two hex digits. */
function statusInteger(status: string | null): number {
  return status !== null && /^[0-9a-f]{1,2}$/i.test(status) ? Number.parseInt(status, 16) : 0
}

function notThis(field: string): EncodeResult {
  return { ok: false, problem: { code: 'missing', field, detail: `the message carries no ${field}` } }
}
