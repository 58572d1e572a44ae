import {
  type Database,
  decodedWith,
  findRepeatedPayload,
  type InboundDetailRow,
  type NewInbound,
  replayMessage,
  type ReportRow,
  withTimeOfFix,
} from '@paikea/database'

import { reread } from './reread.ts'

/** A change from decoding a message again: a field as the API names it, and its values. */
export interface ReplayChange {
  readonly field: string
  readonly from: unknown
  readonly to: unknown
}

/** What a replay would do, or did. */
export interface ReplayPlan {
  readonly changes: readonly ReplayChange[]
  /**
   * Updates the message and its report; a quarantined one that can now be decoded is then processed. Sends nothing
   * again.
   */
  readonly apply: () => Promise<void>
}

const REPORT_FIELDS = [
  ...['at', 'fixAt', 'claimedAt', 'hasFix', 'latitude', 'longitude', 'sogKnots', 'cogDegrees', 'batteryVolts'],
  ...['intervalMinutes', 'sleepMinutes', 'reason', 'status', 'beaconOn'],
] as const

/**
 * Decodes a stored message by the present rules, and lists the differences.
 *
 * @param options `isReleased`: even if the vendor marked it as damaged
 */
export async function planReplay(
  db: Database,
  stored: { readonly message: InboundDetailRow; readonly report: ReportRow | null },
  options: { readonly isReleased: boolean },
): Promise<ReplayPlan> {
  const { message, report } = stored
  // A repeat keeps the fix time of the original: decoded alone it would look fresh.
  if (report !== null && report.repeatOfId !== null) return { changes: [], apply: () => Promise.resolve() }
  const read = await reread(db, message, { isReleased: options.isReleased || wasReleased(message) })
  const repeated =
    message.modemId === null
      ? null
      : await findRepeatedPayload(db, { messageId: message.id, modemId: message.modemId, item: read })
  const item = repeated === null ? read : withFixAt(read, repeated.fixAt)
  const repeatOfId = repeated?.reportId ?? null
  const changes = [...changesOfMessage(message, item), ...changesOfReport(report, item)]
  return {
    changes,
    apply: () =>
      changes.length === 0
        ? Promise.resolve()
        : replayMessage(db, { messageId: message.id, item, repeatOfId, now: new Date() }),
  }
}

/** A user's release is permanent: only a released message carries the mark without being in quarantine. */
function wasReleased({ state, problems }: InboundDetailRow): boolean {
  return state !== 'quarantined' && problems.some(({ code }) => code === 'damaged-by-radio')
}

/** As `storeBatch` does with a text that is word for word the one before it. */
function withFixAt(item: NewInbound, fixAt: Date): NewInbound {
  if (item.report === null) return item
  const report = withTimeOfFix(item.report, fixAt, item.transmitTime)
  return { ...item, report, decoded: decodedWith(item.decoded, report) ?? item.decoded }
}

function changesOfMessage(message: InboundDetailRow, item: NewInbound): ReplayChange[] {
  const isRead = message.state !== 'quarantined'
  const isReadNow = item.state !== 'quarantined'
  const state = isRead === isReadNow ? message.state : item.state
  return differences(
    [
      ['state', message.state, state],
      ['reason', message.reasonCode, item.reasonCode],
      ['imei', message.imei, item.imei],
      ['packetType', message.packetType, item.packetType],
      ['transmitTime', message.transmitTime, item.transmitTime],
      ['decoded', message.decoded, item.decoded],
      ['problems', codes(message.problems), codes(item.problems)],
    ].map(([field, from, to]) => ({ field: String(field), from, to })),
  )
}

function changesOfReport(report: ReportRow | null, { report: now }: NewInbound): ReplayChange[] {
  if (report === null && now === null) return []
  return differences(
    REPORT_FIELDS.map((field) => ({
      field: `report.${field}`,
      from: report?.[field as keyof ReportRow] ?? null,
      to: now?.[field as keyof typeof now] ?? null,
    })),
  )
}

function codes(problems: readonly { readonly code: string }[]): readonly string[] {
  return problems.map(({ code }) => code).filter((code) => code !== 'repeat')
}

function differences(fields: readonly ReplayChange[]): ReplayChange[] {
  return fields.filter(({ from, to }) => asKept(from) !== asKept(to))
}

/** As JSON with sorted keys, because code does not always build objects in the same order. */
function asKept(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  )
}
