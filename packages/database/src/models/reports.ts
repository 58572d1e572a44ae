import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type ModelStatic,
  type Sequelize,
} from 'sequelize'

import type { ReportQuality } from '../problems.ts'
import {
  bigId,
  bigint,
  bigintOrNull,
  doubleOrNull,
  flag,
  flagOrNull,
  integer,
  integerOrNull,
  json,
  now,
  text,
  textOrNull,
  time,
  timeOrNull,
  fresh,
} from './columns.ts'

/** One decoded position or status packet. */
export class Report extends Model<InferAttributes<Report>, InferCreationAttributes<Report>> {
  declare id: CreationOptional<number>
  declare messageId: number
  declare modemId: number
  declare deviceId: CreationOptional<number | null>
  declare packetType: string
  /** When it is about: the fix's time, else the transmission's, else the arrival's. */
  declare at: Date
  declare receivedAt: Date
  declare fixAt: CreationOptional<Date | null>
  /** The time the device gave, where that was not believed. */
  declare claimedAt: CreationOptional<Date | null>
  declare hasFix: boolean
  declare latitude: CreationOptional<number | null>
  declare longitude: CreationOptional<number | null>
  declare sogKnots: CreationOptional<number | null>
  declare cogDegrees: CreationOptional<number | null>
  declare batteryVolts: CreationOptional<number | null>
  declare batteryPercent: CreationOptional<number | null>
  declare intervalMinutes: CreationOptional<number | null>
  declare sleepMinutes: CreationOptional<number | null>
  declare reasonCode: CreationOptional<number | null>
  declare reason: CreationOptional<string | null>
  declare status: CreationOptional<string | null>
  declare beaconOn: CreationOptional<boolean | null>
  declare fixSkewSeconds: CreationOptional<number | null>
  /** Where the position is from: `device` (its own GPS) or `iridium`. */
  declare source: string
  declare iridiumLatitude: CreationOptional<number | null>
  declare iridiumLongitude: CreationOptional<number | null>
  declare iridiumCepKm: CreationOptional<number | null>
  /** False where the session's status says that the estimate is not to be relied on. */
  declare iridiumReliable: CreationOptional<boolean | null>
  /** The first report with the same fix, when the modem sent it again under another MOMSN. */
  declare repeatOfId: CreationOptional<number | null>
  declare quality: CreationOptional<ReportQuality>
  /** What was found wrong with it, as `readProblems` reads it. */
  declare problems: CreationOptional<unknown>
  declare createdAt: CreationOptional<Date>
}

export function defineReport(sequelize: Sequelize): ModelStatic<Report> {
  return class extends Report {}.init(
    fresh({
      id: bigId,
      messageId: bigint,
      modemId: integer,
      deviceId: integerOrNull,
      packetType: text(16),
      at: time,
      receivedAt: time,
      fixAt: timeOrNull,
      claimedAt: timeOrNull,
      hasFix: flag,
      latitude: doubleOrNull,
      longitude: doubleOrNull,
      sogKnots: doubleOrNull,
      cogDegrees: doubleOrNull,
      batteryVolts: doubleOrNull,
      batteryPercent: doubleOrNull,
      intervalMinutes: doubleOrNull,
      sleepMinutes: doubleOrNull,
      reasonCode: integerOrNull,
      reason: textOrNull(32),
      status: textOrNull(8),
      beaconOn: flagOrNull,
      fixSkewSeconds: doubleOrNull,
      source: text(16),
      iridiumLatitude: doubleOrNull,
      iridiumLongitude: doubleOrNull,
      iridiumCepKm: doubleOrNull,
      iridiumReliable: flagOrNull,
      repeatOfId: bigintOrNull,
      quality: { ...text(16), defaultValue: 'not-evaluated' },
      problems: json('problems'),
      createdAt: now,
    }),
    { sequelize, modelName: 'report', tableName: 'reports' },
  )
}

/** What is known of a device now. Follows the time of the fix, so that a message that is hours late does not move it back. */
export class DeviceState extends Model<InferAttributes<DeviceState>, InferCreationAttributes<DeviceState>> {
  declare deviceId: number
  declare lastReportAt: CreationOptional<Date | null>
  declare lastFixAt: CreationOptional<Date | null>
  declare latitude: CreationOptional<number | null>
  declare longitude: CreationOptional<number | null>
  declare sogKnots: CreationOptional<number | null>
  declare cogDegrees: CreationOptional<number | null>
  declare batteryVolts: CreationOptional<number | null>
  declare intervalMinutes: CreationOptional<number | null>
  declare sleepMinutes: CreationOptional<number | null>
  declare reason: CreationOptional<string | null>
  declare status: CreationOptional<string | null>
  declare lastReceivedAt: CreationOptional<Date | null>
  /** When the newest of its messages of any kind came in. */
  declare heardAt: CreationOptional<Date | null>
  /** When the newest of its messages was sent: the vendor repeats for days, so what comes in now may tell of last week. */
  declare heardSentAt: CreationOptional<Date | null>
  declare updatedAt: CreationOptional<Date>
}

export function defineDeviceState(sequelize: Sequelize): ModelStatic<DeviceState> {
  return class extends DeviceState {}.init(
    fresh({
      deviceId: { type: DataTypes.INTEGER, primaryKey: true },
      lastReportAt: timeOrNull,
      lastFixAt: timeOrNull,
      latitude: doubleOrNull,
      longitude: doubleOrNull,
      sogKnots: doubleOrNull,
      cogDegrees: doubleOrNull,
      batteryVolts: doubleOrNull,
      intervalMinutes: doubleOrNull,
      sleepMinutes: doubleOrNull,
      reason: textOrNull(32),
      status: textOrNull(8),
      lastReceivedAt: timeOrNull,
      heardAt: timeOrNull,
      heardSentAt: timeOrNull,
      updatedAt: now,
    }),
    { sequelize, modelName: 'deviceState', tableName: 'device_states' },
  )
}
