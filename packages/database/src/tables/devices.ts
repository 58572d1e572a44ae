import { DEVICE_GENERATIONS, DEVICE_KINDS } from '@paikea/domain'

import { id, integer, now, orNull, text, time, word, yes } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** A buoy, a handset or a RockSTAR. `iam` is its name, which the device itself also uses. */
export const DEVICES = table('devices', {
  id,
  iam: text(32),
  kind: word(DEVICE_KINDS, 16),
  label: orNull(text(100)),
  groupId: integer,
  approved: yes,
  /** Firmware generation, which determines how commands are written; null: unknown. */
  generation: orNull(word(DEVICE_GENERATIONS, 8)),
  /** The handset or tracker whose commands it accepts; null: any that a route names. */
  ownerId: orNull(integer),
  createdAt: now,
  updatedAt: now,
  deletedAt: orNull(time),
})

export type Device = ModelOf<typeof DEVICES>
