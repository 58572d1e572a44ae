import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type ModelStatic,
  type Sequelize,
} from 'sequelize'

import { flag, fresh, id, integer, integerOrNull, now, text, textOrNull, timeOrNull } from './columns.ts'

/** `paused` ends by itself or by an operator; `parked` needs an operator. */
export type EndpointState = 'active' | 'paused' | 'parked'

/** Where deliveries go: a modem, a tracker, a queue, an address of the web. */
export class Endpoint extends Model<InferAttributes<Endpoint>, InferCreationAttributes<Endpoint>> {
  declare id: CreationOptional<number>
  declare groupId: number
  /** A kind of the registry of targets; the database does not know which there are. */
  declare kind: string
  declare label: CreationOptional<string | null>
  declare format: CreationOptional<string | null>
  /** The same for two endpoints that are the same thing, as `modem/<imei>`; of one that was deleted `deleted/<id>`. */
  declare addressKey: string
  /** Of an endpoint that is a modem of ours. */
  declare modemId: CreationOptional<number | null>
  /** The address as its kind writes it: JSON. Nothing secret. */
  declare config: string
  /** What only sending needs: JSON. Never shown. */
  declare secrets: CreationOptional<string | null>
  declare state: CreationOptional<EndpointState>
  declare reasonCode: CreationOptional<string | null>
  declare reasonDetail: CreationOptional<string | null>
  declare stateChangedAt: CreationOptional<Date>
  /** Since when nothing got through; `null` = the last try did. */
  declare failingSince: CreationOptional<Date | null>
  /** Deliveries may wait behind it as rows; whoever sends them takes this back when none is left. */
  declare draining: CreationOptional<boolean>
  /** When somebody next tries whether a paused one is back. */
  declare probeAt: CreationOptional<Date | null>
  declare workflowId: CreationOptional<string | null>
  declare workflowStartedAt: CreationOptional<Date | null>
  declare createdAt: CreationOptional<Date>
  declare updatedAt: CreationOptional<Date>
  declare deletedAt: CreationOptional<Date | null>
}

export function defineEndpoint(sequelize: Sequelize): ModelStatic<Endpoint> {
  return class extends Endpoint {}.init(
    fresh({
      id,
      groupId: integer,
      kind: text(16),
      label: textOrNull(120),
      format: textOrNull(16),
      addressKey: text(100),
      modemId: integerOrNull,
      config: { type: DataTypes.TEXT, allowNull: false },
      secrets: { type: DataTypes.TEXT, allowNull: true },
      state: { ...text(16), defaultValue: 'active' },
      reasonCode: textOrNull(64),
      reasonDetail: textOrNull(500),
      stateChangedAt: now,
      failingSince: timeOrNull,
      draining: flag,
      probeAt: timeOrNull,
      workflowId: textOrNull(200),
      workflowStartedAt: timeOrNull,
      createdAt: now,
      updatedAt: now,
      deletedAt: timeOrNull,
    }),
    { sequelize, modelName: 'endpoint', tableName: 'endpoints', timestamps: true, paranoid: false },
  )
}
