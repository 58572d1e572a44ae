import { ALERT_KINDS } from '@paikea/domain'

import { bigId, integer, orNull, text, time, word } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** Alerts, with their beginning and end. */
export const ALERTS = table('alerts', {
  id: bigId,
  kind: word(ALERT_KINDS, 32),
  /** `null`: it concerns all groups. */
  groupId: orNull(integer),
  deviceId: orNull(integer),
  /** Identifies its subject: unique among open alerts, so that each is reported once. */
  openKey: orNull(text(100)),
  summary: text(300),
  /** What to do. */
  advice: text(500),
  /** Since when, as far as can be told. */
  since: time,
  openedAt: time,
  endedAt: orNull(time),
  acknowledgedAt: orNull(time),
  acknowledgedBy: orNull(text(120)),
})

export type Alert = ModelOf<typeof ALERTS>
