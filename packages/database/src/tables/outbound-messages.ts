import { DELIVERY_STATES } from '@paikea/domain'

import { bigId, bigint, bytes, integer, no, now, orNull, text, time, withDefault, word } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { type RowOf, table, type ValuesOf } from '../sql/table.ts'

/** How a delivery is seen through: by a workflow of its own, by whoever is free in a worker, not before its endpoint is resumed, or not before there is airtime for it. */
export const DELIVERY_LANES = ['workflow', 'direct', 'held', 'stopped'] as const
export type DeliveryLane = (typeof DELIVERY_LANES)[number]

/** One delivery (MT and others), from being asked for to its end. */
export const OUTBOUND_MESSAGES = table('outbound_messages', {
  id: bigId,
  groupId: orNull(integer),
  /** The group whose modem it goes to, where that is another one than `groupId`: it sees and may cancel it as well. */
  targetGroupId: orNull(integer),
  causeKind: word(['route', 'person'], 16),
  causeMessageId: orNull(bigint),
  routeId: orNull(integer),
  sourceDeviceId: orNull(integer),
  targetKind: text(16),
  /** What leaves one after the other: `modem/<imei>`, `rockstar/<serial>`, or of a program's endpoint what one device sends. */
  targetKey: text(64),
  endpointId: orNull(integer),
  /** 0 = of the message itself; replays and resends count up. */
  generation: withDefault(integer, 0),
  lane: withDefault(word(DELIVERY_LANES, 16), 'workflow'),
  modemId: orNull(integer),
  imei: orNull(text(15)),
  serial: orNull(text(20)),
  /** Place in the order: the cause's message id; for a person's message the highest inbound id when it was made. */
  orderKey: bigint,
  text: orNull(text(1000)),
  payload: bytes,
  credits: withDefault(integer, 0),
  /** How many messages it follows from, one answering the other. */
  depth: withDefault(integer, 0),
  /** A person lets it pass the airtime guard. */
  airtimeWaived: no,
  state: withDefault(word(DELIVERY_STATES, 16), 'queued'),
  /** By the database's own clock, which all processes share. */
  stateChangedAt: now,
  reasonCode: orNull(text(64)),
  reasonDetail: orNull(text(500)),
  vendorId: orNull(text(64)),
  waiting: no,
  expiresAt: orNull(time),
  /** Not sent again before this. */
  retryAt: orNull(time),
  createdAt: now,
  sentAt: orNull(time),
  finishedAt: orNull(time),
  /** The delivery that this one was made of by a person's wish to send it again. */
  resendOf: orNull(bigint),
  /** The delivery that was made of this one so. */
  resentAs: orNull(bigint),
  workflowId: orNull(text(200)),
  workflowStartedAt: orNull(time),
  /** When it last asked for a workflow anew, by the database's clock: a start from before that does not count. */
  releasedAt: orNull(time),
})

export type OutboundMessage = ModelOf<typeof OUTBOUND_MESSAGES>
/** A message to a modem or another target. */
export type DeliveryRow = RowOf<typeof OUTBOUND_MESSAGES.kinds>

/** What is written of a delivery that a route caused; the rest is filled in later, or by the database. */
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

/** A delivery to be written. */
export interface NewOutbound extends Omit<
  Pick<ValuesOf<typeof OUTBOUND_MESSAGES.kinds>, (typeof NEW_DELIVERY_COLUMNS)[number]>,
  'causeKind' | 'state' | 'waiting'
> {
  readonly causeMessageId: number
  readonly routeId: number
}
