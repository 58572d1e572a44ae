import type {
  AttemptRow,
  CommandRow,
  DeliveryRow,
  Hold,
  InboundDetailRow,
  InboundRow,
  ReportRow,
} from '@paikea/database'
import { hasRole, type Caller } from '@paikea/operations'
import { creditsFor } from '@paikea/rockblock-client'
import { presentTime } from '../../http/fields.ts'
import { presentCommand } from '../commands/presenter.ts'
import { presentOutboundDetail } from '../outbound/presenter.ts'
import { presentIridium, presentProblem, presentReport } from '../reports/presenter.ts'
import type { OtherRoute } from './other-routes.ts'
import type { InboundDetailView, InboundView } from './schema.ts'

/** The parts of a caller that decide what is visible. */
type Viewer = Pick<Caller, 'isSystemAdmin' | 'roles'>

/** A message as a list shows it; the modem's serial only for callers who may claim the modem. */
export function presentInbound(row: InboundRow, iam: string | null, viewer: Viewer): InboundView {
  return {
    id: row.id,
    imei: row.imei,
    serial: mayClaim(row, viewer) ? row.serial : null,
    momsn: row.momsn,
    transmitTime: presentTime(row.transmitTime),
    receivedAt: presentTime(row.receivedAt),
    state: row.state,
    reason: row.reasonCode === null ? null : { code: row.reasonCode, detail: row.reasonDetail },
    packetType: row.packetType,
    iam,
    copies: row.copies,
    lastCopyAt: presentTime(row.lastCopyAt),
    decoded: row.decoded,
    problems: row.problems.map(presentProblem),
  }
}

/** A message with all its details. */
export function presentInboundDetail(
  row: InboundDetailRow,
  context: {
    readonly iam: string | null
    readonly report: ReportRow | null
    readonly deliveries: readonly (DeliveryRow & { readonly attempts: readonly AttemptRow[] })[]
    readonly holds: ReadonlyMap<number, Hold>
    readonly decidedCommands: readonly CommandRow[]
    readonly otherRoutes: readonly OtherRoute[]
    readonly now: Date
    readonly viewer: Viewer
  },
): InboundDetailView {
  return {
    ...presentInbound(row, context.iam, context.viewer),
    format: row.format,
    duplicateKey: row.duplicateKey,
    verifiedBy: row.verifiedBy,
    verificationNote: row.verificationNote,
    sourceAddress: row.sourceAddress,
    contentType: row.contentType,
    // It contains the serial; a signed body also contains it encoded in the token.
    rawBody: mayClaim(row, context.viewer) ? presentBytes(row.rawBody) : null,
    credits: creditsFor(row.payload?.length ?? 0),
    payload: row.payload === null ? null : presentBytes(row.payload),
    iridium: presentIridium(row),
    sessionStatus: row.sessionStatus,
    report: context.report === null ? null : presentReport(context.report),
    deliveries: context.deliveries.map((delivery) =>
      presentOutboundDetail(delivery, { iam: context.iam, hold: context.holds.get(delivery.id) ?? null }),
    ),
    decidedCommands: context.decidedCommands.map((command) => presentCommand(command, context.now)),
    // If two processes handled the message, the second may have sent what the first skipped.
    skippedRoutes: row.skippedRoutes
      .filter(({ routeId }) => !context.deliveries.some((delivery) => delivery.routeId === routeId))
      .map(({ routeId, reason }) => ({ routeId, reason })),
    otherRoutes: [...context.otherRoutes],
    workflowId: row.workflowId,
    workflowStartedAt: presentTime(row.workflowStartedAt),
    processedAt: presentTime(row.processedAt),
  }
}

function mayClaim({ groupId }: InboundRow, viewer: Viewer): boolean {
  return hasRole(viewer, groupId, 'operator')
}

/** Bytes, also as text if every one of them is printable. */
export function presentBytes(bytes: Buffer) {
  const text = bytes.toString('latin1')
  return {
    bytes: bytes.length,
    base64: bytes.toString('base64'),
    hex: bytes.toString('hex'),
    text: /^[\x20-\x7e\t\r\n]*$/.test(text) ? text : null,
  }
}
