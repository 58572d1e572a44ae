import type { DeliveryState, DeviceKind } from '@paikea/domain'
import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type ModelStatic,
  type Sequelize,
} from 'sequelize'

import {
  bigId,
  bigint,
  bigintOrNull,
  flag,
  id,
  integer,
  integerOrNull,
  now,
  text,
  textOrNull,
  time,
  timeOrNull,
  fresh,
} from './columns.ts'

export type RouteSourceKind = DeviceKind | 'any'
/** How a delivery is seen through: by a workflow of its own, by whoever is free in a worker, or not before its endpoint is resumed. */
export type DeliveryLane = 'workflow' | 'direct' | 'held'

/** What is passed on, from whom, to whom. */
export class Route extends Model<InferAttributes<Route>, InferCreationAttributes<Route>> {
  declare id: CreationOptional<number>
  declare groupId: number
  declare sourceKind: RouteSourceKind
  declare sourceDeviceId: CreationOptional<number | null>
  /** `PK001`, … or `any`. */
  declare messageType: string
  /** The endpoint's kind, for lists. */
  declare targetKind: string
  declare endpointId: CreationOptional<number | null>
  declare enabled: CreationOptional<boolean>
  declare createdAt: CreationOptional<Date>
  declare updatedAt: CreationOptional<Date>
  declare deletedAt: CreationOptional<Date | null>
}

export function defineRoute(sequelize: Sequelize): ModelStatic<Route> {
  return class extends Route {}.init(
    fresh({
      id,
      groupId: integer,
      sourceKind: text(16),
      sourceDeviceId: integerOrNull,
      messageType: text(16),
      targetKind: text(16),
      endpointId: integerOrNull,
      enabled: { ...flag, defaultValue: true },
      createdAt: now,
      updatedAt: now,
      deletedAt: timeOrNull,
    }),
    { sequelize, modelName: 'route', tableName: 'routes', timestamps: true, paranoid: false },
  )
}

/** One delivery (MT and others), from being asked for to its end. */
export class OutboundMessage extends Model<InferAttributes<OutboundMessage>, InferCreationAttributes<OutboundMessage>> {
  declare id: CreationOptional<number>
  declare groupId: CreationOptional<number | null>
  declare causeKind: 'route' | 'person'
  declare causeMessageId: CreationOptional<number | null>
  declare routeId: CreationOptional<number | null>
  declare sourceDeviceId: CreationOptional<number | null>
  declare targetKind: string
  /** What leaves one after the other: `modem/<imei>`, `rockstar/<serial>`, or of a program's endpoint what one device sends. */
  declare targetKey: string
  declare endpointId: CreationOptional<number | null>
  /** 0 = of the message itself; replays and resends count up. */
  declare generation: CreationOptional<number>
  declare lane: CreationOptional<DeliveryLane>
  declare modemId: CreationOptional<number | null>
  declare imei: CreationOptional<string | null>
  declare serial: CreationOptional<string | null>
  /** Place in the order: the cause's message id; for a person's message the highest inbound id when it was made. */
  declare orderKey: number
  declare text: CreationOptional<string | null>
  declare payload: Buffer
  declare credits: CreationOptional<number>
  declare state: CreationOptional<DeliveryState>
  /** By the database's own clock, which all processes share. */
  declare stateChangedAt: CreationOptional<Date>
  declare reasonCode: CreationOptional<string | null>
  declare reasonDetail: CreationOptional<string | null>
  declare vendorId: CreationOptional<string | null>
  declare waiting: CreationOptional<boolean>
  declare expiresAt: CreationOptional<Date | null>
  declare createdAt: CreationOptional<Date>
  declare sentAt: CreationOptional<Date | null>
  declare finishedAt: CreationOptional<Date | null>
  declare workflowId: CreationOptional<string | null>
  declare workflowStartedAt: CreationOptional<Date | null>
}

export function defineOutboundMessage(sequelize: Sequelize): ModelStatic<OutboundMessage> {
  return class extends OutboundMessage {}.init(
    fresh({
      id: bigId,
      groupId: integerOrNull,
      causeKind: text(16),
      causeMessageId: bigintOrNull,
      routeId: integerOrNull,
      sourceDeviceId: integerOrNull,
      targetKind: text(16),
      targetKey: text(64),
      endpointId: integerOrNull,
      generation: { ...integer, defaultValue: 0 },
      lane: { ...text(16), defaultValue: 'workflow' },
      modemId: integerOrNull,
      imei: textOrNull(15),
      serial: textOrNull(20),
      orderKey: bigint,
      text: textOrNull(1000),
      payload: { type: DataTypes.BLOB('medium'), allowNull: false },
      credits: { ...integer, defaultValue: 0 },
      state: { ...text(16), defaultValue: 'queued' },
      stateChangedAt: now,
      reasonCode: textOrNull(64),
      reasonDetail: textOrNull(500),
      vendorId: textOrNull(64),
      waiting: flag,
      expiresAt: timeOrNull,
      createdAt: now,
      sentAt: timeOrNull,
      finishedAt: timeOrNull,
      workflowId: textOrNull(200),
      workflowStartedAt: timeOrNull,
    }),
    { sequelize, modelName: 'outboundMessage', tableName: 'outbound_messages' },
  )
}

/** One try to hand a delivery to the vendor: written before the call and completed after it. */
export class DeliveryAttempt extends Model<InferAttributes<DeliveryAttempt>, InferCreationAttributes<DeliveryAttempt>> {
  declare id: CreationOptional<number>
  declare outboundId: number
  declare number: number
  declare startedAt: Date
  declare finishedAt: CreationOptional<Date | null>
  declare outcome: CreationOptional<string | null>
  declare reasonCode: CreationOptional<string | null>
  declare reasonDetail: CreationOptional<string | null>
  declare vendorId: CreationOptional<string | null>
  /** HTTP status, or the vendor's own code. */
  declare status: CreationOptional<number | null>
  declare latencyMs: CreationOptional<number | null>
  /** The beginning of what the other side answered. */
  declare answer: CreationOptional<string | null>
}

export function defineDeliveryAttempt(sequelize: Sequelize): ModelStatic<DeliveryAttempt> {
  return class extends DeliveryAttempt {}.init(
    fresh({
      id: bigId,
      outboundId: bigint,
      number: integer,
      startedAt: time,
      finishedAt: timeOrNull,
      outcome: textOrNull(16),
      reasonCode: textOrNull(64),
      reasonDetail: textOrNull(500),
      vendorId: textOrNull(64),
      status: integerOrNull,
      latencyMs: integerOrNull,
      answer: textOrNull(1000),
    }),
    { sequelize, modelName: 'deliveryAttempt', tableName: 'delivery_attempts' },
  )
}
