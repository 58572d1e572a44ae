import { DEVICE_KINDS, type DeviceKind } from '@paikea/domain'

import { id, integer, now, orNull, text, time, word, yes } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

export type RouteSourceKind = DeviceKind | 'any'

/** Forwarding routes: what, from whom, to whom. */
export const ROUTES = table('routes', {
  id,
  groupId: integer,
  sourceKind: word([...DEVICE_KINDS, 'any'], 16),
  sourceDeviceId: orNull(integer),
  /** `PK001`, … or `any`. */
  messageType: text(16),
  /** The endpoint's kind, for lists. */
  targetKind: text(16),
  endpointId: orNull(integer),
  enabled: yes,
  createdAt: now,
  updatedAt: now,
  deletedAt: orNull(time),
})

export type Route = ModelOf<typeof ROUTES>
