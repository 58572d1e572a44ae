import { bigId, bigint, integer, orNull, text, time, withDefault, word } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

export const NOTICE_CHANNELS = ['email', 'webhook', 'push'] as const
export type NoticeChannel = (typeof NOTICE_CHANNELS)[number]
export const NOTICE_PHASES = ['opened', 'ended'] as const
export type NoticePhase = (typeof NOTICE_PHASES)[number]

/** An outbox of notices. Unique by alert, channel, address and phase. */
export const ALERT_NOTICES = table('alert_notices', {
  id: bigId,
  alertId: bigint,
  channel: word(NOTICE_CHANNELS, 16),
  /** An e-mail address, or the id of an endpoint or of a push subscription. */
  address: text(254),
  phase: word(NOTICE_PHASES, 16),
  /** Quiet hours postpone it. `null`: nothing left to do. */
  dueAt: orNull(time),
  attempts: withDefault(integer, 0),
  sentAt: orNull(time),
  lastError: orNull(text(200)),
})

export type AlertNotice = ModelOf<typeof ALERT_NOTICES>
