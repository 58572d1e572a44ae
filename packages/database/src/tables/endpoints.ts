import { id, integer, longText, no, now, orNull, text, time, withDefault, word } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** `paused` ends automatically or by an operator; `parked` needs an operator. */
export const ENDPOINT_STATES = ['active', 'paused', 'parked'] as const
export type EndpointState = (typeof ENDPOINT_STATES)[number]

/** Destinations of deliveries: a modem, a tracker, a queue, a web address. */
export const ENDPOINTS = table('endpoints', {
  id,
  groupId: integer,
  /** A kind from the target registry; the database does not know which exist. */
  kind: text(16),
  label: orNull(text(120)),
  format: orNull(text(16)),
  /** Equal for two endpoints with the same target, such as `modem/<imei>`; `deleted/<id>` for a deleted one. */
  addressKey: text(100),
  /** Of an endpoint that is one of our modems. */
  modemId: orNull(integer),
  /** The address as its kind stores it: JSON. Nothing secret. */
  config: longText,
  /** What only sending needs: JSON. Never shown. */
  secrets: orNull(longText),
  state: withDefault(word(ENDPOINT_STATES, 16), 'active'),
  reasonCode: orNull(text(64)),
  reasonDetail: orNull(text(500)),
  stateChangedAt: now,
  /** Since when every attempt has failed; `null`: the last one succeeded. */
  failingSince: orNull(time),
  /** Deliveries may be waiting behind it; their sender clears this once none is left. */
  draining: no,
  /** When a paused one is next probed. */
  probeAt: orNull(time),
  workflowId: orNull(text(200)),
  workflowStartedAt: orNull(time),
  createdAt: now,
  updatedAt: now,
  deletedAt: orNull(time),
})

export type Endpoint = ModelOf<typeof ENDPOINTS>
