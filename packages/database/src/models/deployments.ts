import {
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type ModelStatic,
  type Sequelize,
} from 'sequelize'

import { fresh, id, integer, now, textOrNull, time, timeOrNull } from './columns.ts'

/** A device's time at sea. */
export class Deployment extends Model<InferAttributes<Deployment>, InferCreationAttributes<Deployment>> {
  declare id: CreationOptional<number>
  declare deviceId: number
  declare fromAt: Date
  /** `null` while it is still out. */
  declare toAt: CreationOptional<Date | null>
  declare place: CreationOptional<string | null>
  declare purpose: CreationOptional<string | null>
  declare createdAt: CreationOptional<Date>
}

export function defineDeployment(sequelize: Sequelize): ModelStatic<Deployment> {
  return class extends Deployment {}.init(
    fresh({
      id,
      deviceId: integer,
      fromAt: time,
      toAt: timeOrNull,
      place: textOrNull(100),
      purpose: textOrNull(500),
      createdAt: now,
    }),
    { sequelize, modelName: 'deployment', tableName: 'deployments' },
  )
}
