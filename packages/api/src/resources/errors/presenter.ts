import type { DeliveryRow, InboundRow } from '@paikea/database'
import { findTarget } from '@paikea/delivery'
import { presentTime } from '../../http/fields.ts'
import type { ErrorView } from './schema.ts'

const OF_DAMAGED = 'Check its bytes. If they make sense, release it (replay with "release"); otherwise dismiss it.'
const OF_UNREAD = 'Replay it after an update that can read it, or dismiss it. Its bytes are kept either way.'
const OF_STATES: Readonly<Record<string, string>> = {
  unknown:
    'It is unknown whether it arrived. Check at the receiver, then mark it as arrived or send it again; sent again, it may arrive twice.',
  failed: 'Fix what the reason names, then send it again, or dismiss it.',
  expired: 'It waited longer than its time to live. Send it again if it is still useful, or dismiss it.',
  parked: 'Fix what the reason names, then resume it, or cancel it.',
}

/** A message in quarantine. */
export function presentMessageError(row: InboundRow, iam: string | null): ErrorView {
  const { id, state, reasonCode, reasonDetail, imei } = row
  const code = reasonCode ?? 'not-read'
  return {
    id: `in-${String(id)}`,
    kind: 'message',
    at: presentTime(row.receivedAt),
    state,
    reason: { code, detail: reasonDetail },
    advice: code === 'damaged-by-radio' ? OF_DAMAGED : OF_UNREAD,
    iam,
    imei,
    href: `/v1/messages/inbound/${String(id)}`,
  }
}

/** A delivery that needs an operator. */
export function presentDeliveryError(row: DeliveryRow, iam: string | null): ErrorView {
  const { id, state, reasonCode, reasonDetail, imei, targetKind } = row
  const words = state === 'parked' && reasonCode !== null ? findTarget(targetKind)?.words.park(reasonCode) : undefined
  return {
    id: `out-${String(id)}`,
    kind: 'delivery',
    at: presentTime(row.stateChangedAt),
    state,
    reason: { code: reasonCode ?? state, detail: reasonDetail ?? words?.what ?? null },
    advice: words?.whatToDo ?? OF_STATES[state] ?? '',
    iam,
    imei,
    href: `/v1/messages/outbound/${String(id)}`,
  }
}
