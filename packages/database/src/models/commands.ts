import type { CommandKind, DeviceGeneration } from '@paikea/domain'
import {
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type ModelStatic,
  type Sequelize,
} from 'sequelize'

import { bigId, bigintOrNull, fresh, integer, now, text, textOrNull, timeOrNull } from './columns.ts'

/**
 * What is stored of a command's state: `open` follows its message, the others are decided. `needs-decision` has no
 * message yet.
 */
export type StoredCommandState =
  'open' | 'confirmed' | 'refused' | 'superseded' | 'voided' | 'cancelled' | 'needs-decision'

/** What a device was told to do, and whether it did. */
export class DeviceCommandRow extends Model<
  InferAttributes<DeviceCommandRow>,
  InferCreationAttributes<DeviceCommandRow>
> {
  declare id: CreationOptional<number>
  declare groupId: number
  declare deviceId: number
  declare kind: CommandKind
  /** Minutes, seconds, or 1 and 0 for on and off. */
  declare value: number
  declare generation: DeviceGeneration
  /** The MT text. */
  declare text: string
  declare credits: number
  declare state: StoredCommandState
  declare reason: CreationOptional<string | null>
  declare outboundId: CreationOptional<number | null>
  declare requestedBy: string
  declare expectedFrom: CreationOptional<Date | null>
  declare expectedTo: CreationOptional<Date | null>
  /** When the report that confirms or refuses it should have come. */
  declare answeredBy: CreationOptional<Date | null>
  declare createdAt: CreationOptional<Date>
  declare decidedAt: CreationOptional<Date | null>
  declare decidedByMessageId: CreationOptional<number | null>
}

export function defineDeviceCommand(sequelize: Sequelize): ModelStatic<DeviceCommandRow> {
  return class extends DeviceCommandRow {}.init(
    fresh({
      id: bigId,
      groupId: integer,
      deviceId: integer,
      kind: text(16),
      value: integer,
      generation: text(8),
      text: text(64),
      credits: integer,
      state: text(16),
      reason: textOrNull(32),
      outboundId: bigintOrNull,
      requestedBy: text(64),
      expectedFrom: timeOrNull,
      expectedTo: timeOrNull,
      answeredBy: timeOrNull,
      createdAt: now,
      decidedAt: timeOrNull,
      decidedByMessageId: bigintOrNull,
    }),
    { sequelize, modelName: 'command', tableName: 'commands' },
  )
}
