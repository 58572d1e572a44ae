import { clippedText, id, integer, now, text } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** Users' notes on a device: a repaired cable, who has the key. */
export const DEVICE_NOTES = table('device_notes', {
  id,
  deviceId: integer,
  text: text(2000),
  /** A display name. */
  createdBy: clippedText(120),
  createdAt: now,
})

export type DeviceNote = ModelOf<typeof DEVICE_NOTES>
