import type { DeviceGeneration, DeviceKind } from '@paikea/domain'
import {
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type ModelStatic,
  type Sequelize,
} from 'sequelize'

import { flag, id, integer, integerOrNull, now, text, textOrNull, time, timeOrNull, fresh } from './columns.ts'

/** A satellite modem. One that nobody has claimed was made by a message from an unknown IMEI. */
export class Modem extends Model<InferAttributes<Modem>, InferCreationAttributes<Modem>> {
  declare id: CreationOptional<number>
  declare imei: string
  declare serial: CreationOptional<string | null>
  declare label: CreationOptional<string | null>
  declare claimed: CreationOptional<boolean>
  declare firstSeenAt: CreationOptional<Date | null>
  declare createdAt: CreationOptional<Date>
}

export function defineModem(sequelize: Sequelize): ModelStatic<Modem> {
  return class extends Modem {}.init(
    fresh({
      id,
      imei: text(15),
      serial: textOrNull(20),
      label: textOrNull(100),
      claimed: flag,
      firstSeenAt: timeOrNull,
      createdAt: now,
    }),
    { sequelize, modelName: 'modem', tableName: 'modems' },
  )
}

/** A buoy, a handset or a RockSTAR. `iam` is the name it goes by, also on its own side. */
export class Device extends Model<InferAttributes<Device>, InferCreationAttributes<Device>> {
  declare id: CreationOptional<number>
  declare iam: string
  declare kind: DeviceKind
  declare label: CreationOptional<string | null>
  declare groupId: number
  declare approved: CreationOptional<boolean>
  /** Firmware generation, which decides how commands are written; null = not known. */
  declare generation: CreationOptional<DeviceGeneration | null>
  declare createdAt: CreationOptional<Date>
  declare updatedAt: CreationOptional<Date>
  declare deletedAt: CreationOptional<Date | null>
}

export function defineDevice(sequelize: Sequelize): ModelStatic<Device> {
  return class extends Device {}.init(
    fresh({
      id,
      iam: text(32),
      kind: text(16),
      label: textOrNull(100),
      groupId: integer,
      approved: { ...flag, defaultValue: true },
      generation: textOrNull(8),
      createdAt: now,
      updatedAt: now,
      deletedAt: timeOrNull,
    }),
    { sequelize, modelName: 'device', tableName: 'devices', timestamps: true, paranoid: false },
  )
}

/**
 * Which modem sat in which device, from when to when: history stays with the device when a modem is swapped.
 * `openModemId`/`openDeviceId` repeat the ids while the assignment is open and are null afterwards: being unique,
 * they let a modem sit in one device at a time, and a device have one modem, in every database.
 */
export class ModemAssignment extends Model<InferAttributes<ModemAssignment>, InferCreationAttributes<ModemAssignment>> {
  declare id: CreationOptional<number>
  declare modemId: number
  declare deviceId: number
  declare fromAt: Date
  declare toAt: CreationOptional<Date | null>
  declare openModemId: CreationOptional<number | null>
  declare openDeviceId: CreationOptional<number | null>
}

export function defineModemAssignment(sequelize: Sequelize): ModelStatic<ModemAssignment> {
  return class extends ModemAssignment {}.init(
    fresh({
      id,
      modemId: integer,
      deviceId: integer,
      fromAt: time,
      toAt: timeOrNull,
      openModemId: integerOrNull,
      openDeviceId: integerOrNull,
    }),
    { sequelize, modelName: 'modemAssignment', tableName: 'modem_assignments' },
  )
}
