import { id, integer, longText, no, now, orNull, text, time, withDefault, word } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** `paused` ends automatically or by an operator; `parked` needs an operator. */
export const ENDPOINT_STATES = ['active', 'paused', 'parked'] as const
export type EndpointState = (typeof ENDPOINT_STATES)[number]

/** Where deliveries go: a modem, a tracker, a queue, an address of the web. */
export const ENDPOINTS = table('endpoints', {
  id,
  groupId: integer,
  /** A kind of the registry of targets; the database does not know which there are. */
  kind: text(16),
  label: orNull(text(120)),
  format: orNull(text(16)),
  /** The same for two endpoints that are the same thing, as `modem/<imei>`; of one that was deleted `deleted/<id>`. */
  addressKey: text(100),
  /** Of an endpoint that is a modem of ours. */
  modemId: orNull(integer),
  /** The address as its kind writes it: JSON. Nothing secret. */
  config: longText,
  /** What only sending needs: JSON. Never shown. */
  secrets: orNull(longText),
  state: withDefault(word(ENDPOINT_STATES, 16), 'active'),
  reasonCode: orNull(text(64)),
  reasonDetail: orNull(text(500)),
  stateChangedAt: now,
  /** Since when nothing got through; `null` = the last try did. */
  failingSince: orNull(time),
  /** Deliveries may wait behind it as rows; their sender clears this once none is left. */
  draining: no,
  /** When someone next tries whether a paused one is back. */
  probeAt: orNull(time),
  workflowId: orNull(text(200)),
  workflowStartedAt: orNull(time),
  createdAt: now,
  updatedAt: now,
  deletedAt: orNull(time),
})

export type Endpoint = ModelOf<typeof ENDPOINTS>
