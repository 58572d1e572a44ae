import { DELIVERY_STATES } from '@paikea/domain'

import { bigId, bigint, bytes, integer, no, now, orNull, text, time, withDefault, word } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { type RowOf, table, type ValuesOf } from '../sql/table.ts'

/**
 * Who handles a delivery: its own workflow, any free sender in a worker, or nobody until its endpoint is resumed or
 * until there is airtime for it.
 */
export const DELIVERY_LANES = ['workflow', 'direct', 'held', 'stopped'] as const
export type DeliveryLane = (typeof DELIVERY_LANES)[number]

/** One delivery (MT and others), from request to completion. */
export const OUTBOUND_MESSAGES = table('outbound_messages', {
  id: bigId,
  groupId: orNull(integer),
  /** The group that owns the target modem, if it is not `groupId`: it sees and may cancel the delivery too. */
  targetGroupId: orNull(integer),
  causeKind: word(['route', 'person'], 16),
  causeMessageId: orNull(bigint),
  routeId: orNull(integer),
  sourceDeviceId: orNull(integer),
  targetKind: text(16),
  /**
   * The queue it belongs to: `modem/<imei>`, `rockstar/<serial>`, or for a program's endpoint what one device sends.
   */
  targetKey: text(64),
  endpointId: orNull(integer),
  /** 0 for the original delivery; replays and resends count up. */
  generation: withDefault(integer, 0),
  lane: withDefault(word(DELIVERY_LANES, 16), 'workflow'),
  modemId: orNull(integer),
  imei: orNull(text(15)),
  serial: orNull(text(20)),
  /** Position in the order: the cause's message id; for a user's message the highest inbound id at its creation. */
  orderKey: bigint,
  text: orNull(text(1000)),
  payload: bytes,
  credits: withDefault(integer, 0),
  /** Length of the chain of messages that led to it, each caused by the one before. */
  depth: withDefault(integer, 0),
  /** A user lets it pass the airtime guard. */
  airtimeWaived: no,
  state: withDefault(word(DELIVERY_STATES, 16), 'queued'),
  /** By the database's own clock, which all processes share. */
  stateChangedAt: now,
  reasonCode: orNull(text(64)),
  reasonDetail: orNull(text(500)),
  vendorId: orNull(text(64)),
  waiting: no,
  expiresAt: orNull(time),
  /** Not retried before this. */
  retryAt: orNull(time),
  createdAt: now,
  sentAt: orNull(time),
  finishedAt: orNull(time),
  /** The delivery that this one repeats on a user's request. */
  resendOf: orNull(bigint),
  /** The delivery that repeats this one. */
  resentAs: orNull(bigint),
  workflowId: orNull(text(200)),
  workflowStartedAt: orNull(time),
  /** When it last asked for a workflow anew, by the database's clock: a start from before that does not count. */
  releasedAt: orNull(time),
})

export type OutboundMessage = ModelOf<typeof OUTBOUND_MESSAGES>
/** A message to a modem or another target. */
export type DeliveryRow = RowOf<typeof OUTBOUND_MESSAGES.kinds>

/** The columns written for a delivery that a route caused; the rest is filled in later, or by the database. */
export const NEW_DELIVERY_COLUMNS = [
  'groupId',
  'targetGroupId',
  'causeKind',
  'causeMessageId',
  'routeId',
  'sourceDeviceId',
  'targetKind',
  'targetKey',
  'endpointId',
  'lane',
  'modemId',
  'imei',
  'serial',
  'orderKey',
  'text',
  'payload',
  'credits',
  'depth',
  'state',
  'waiting',
  'expiresAt',
  'createdAt',
] as const satisfies readonly (keyof typeof OUTBOUND_MESSAGES.kinds)[]

/** A delivery to write. */
export interface NewOutbound extends Omit<
  Pick<ValuesOf<typeof OUTBOUND_MESSAGES.kinds>, (typeof NEW_DELIVERY_COLUMNS)[number]>,
  'causeKind' | 'state' | 'waiting'
> {
  readonly causeMessageId: number
  readonly routeId: number
}
