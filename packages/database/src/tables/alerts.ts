import { ALERT_KINDS } from '@paikea/domain'

import { bigId, integer, orNull, text, time, word } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** Something people should know of, from when to when. */
export const ALERTS = table('alerts', {
  id: bigId,
  kind: word(ALERT_KINDS, 32),
  /** `null`: it concerns everybody. */
  groupId: orNull(integer),
  deviceId: orNull(integer),
  /** What it is about: unique among the open ones, so that it is told once. */
  openKey: orNull(text(100)),
  summary: text(300),
  /** What to do. */
  advice: text(500),
  /** Since when it is so, as far as can be told. */
  since: time,
  openedAt: time,
  endedAt: orNull(time),
  acknowledgedAt: orNull(time),
  acknowledgedBy: orNull(text(120)),
})

export type Alert = ModelOf<typeof ALERTS>
