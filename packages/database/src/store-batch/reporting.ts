import type { SqlValue } from '../connection/statements.ts'
import type { PlacedMessage } from './messages.ts'
import type { NewReport } from './types.ts'

/** A new message with a report, and its modem. */
export interface Reporting {
  readonly message: PlacedMessage
  /** Its final form: the rest of the batch and the tables may have changed it. */
  readonly report: NewReport
  /** Its row except the ids of message, modem, device and repeated report. */
  readonly row: readonly SqlValue[]
  readonly modemId: number
}

/** The new messages with a report. */
export function reportingOf(placed: readonly PlacedMessage[]): Reporting[] {
  return placed.flatMap((message): Reporting[] => {
    const { isNew, reportRow: row, modem } = message
    const { report } = message.item
    return !isNew || report === null || row === null || modem === null
      ? []
      : [{ message, report, row, modemId: modem.id }]
  })
}

/** Modem and fix as one string, which identifies repeats; null without a fix. */
export function fixKey(
  modemId: number,
  { hasFix, fixAt, latitude, longitude }: Pick<NewReport, 'hasFix' | 'fixAt' | 'latitude' | 'longitude'>,
): string | null {
  if (!hasFix || fixAt === null || latitude === null || longitude === null) return null
  // A hundred-millionth of a degree is a millimetre: any rounding of a double's last digit by a database is below that.
  return `${modemId} ${fixAt.getTime()} ${Math.round(latitude * 1e8)} ${Math.round(longitude * 1e8)}`
}
