import type { MessageState } from '@paikea/domain'
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
  doubleOrNull,
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

/** One message of a modem (MO), as it came, once: later copies are only counted. */
export class InboundMessage extends Model<InferAttributes<InboundMessage>, InferCreationAttributes<InboundMessage>> {
  declare id: CreationOptional<number>
  declare duplicateKey: string
  declare format: string
  declare imei: CreationOptional<string | null>
  declare serial: CreationOptional<string | null>
  declare momsn: CreationOptional<number | null>
  declare transmitTime: CreationOptional<Date | null>
  declare receivedAt: Date
  declare state: MessageState
  declare reasonCode: CreationOptional<string | null>
  declare reasonDetail: CreationOptional<string | null>
  declare packetType: CreationOptional<string | null>
  /** What let it in: `secret`, `token` or `secret+token`. */
  declare verifiedBy: string
  declare verificationNote: CreationOptional<string | null>
  declare sourceAddress: CreationOptional<string | null>
  declare contentType: CreationOptional<string | null>
  declare rawBody: Buffer
  declare payload: CreationOptional<Buffer | null>
  declare decoded: CreationOptional<unknown>
  /** Iridium's own estimate of the position, not the device's. */
  declare iridiumLatitude: CreationOptional<number | null>
  declare iridiumLongitude: CreationOptional<number | null>
  declare iridiumCepKm: CreationOptional<number | null>
  /** False where the session's status says that the estimate is not to be relied on. */
  declare iridiumReliable: CreationOptional<boolean | null>
  declare sessionStatus: CreationOptional<number | null>
  /** How often the vendor delivered it again. */
  declare copies: CreationOptional<number>
  declare lastCopyAt: CreationOptional<Date | null>
  declare modemId: CreationOptional<number | null>
  /** The device the modem sat in when the message was taken in. */
  declare deviceId: CreationOptional<number | null>
  declare workflowId: CreationOptional<string | null>
  declare workflowStartedAt: CreationOptional<Date | null>
  declare processedAt: CreationOptional<Date | null>
  /** Routes that matched and sent nothing, each with the reason. */
  declare skippedRoutes: CreationOptional<unknown>
  /** What was found wrong with it, as `readProblems` reads it. */
  declare problems: CreationOptional<unknown>
  declare createdAt: CreationOptional<Date>
}

export function defineInboundMessage(sequelize: Sequelize): ModelStatic<InboundMessage> {
  return class extends InboundMessage {}.init(
    fresh({
      id: bigId,
      duplicateKey: text(160),
      format: text(16),
      imei: textOrNull(15),
      serial: textOrNull(20),
      momsn: integerOrNull,
      transmitTime: timeOrNull,
      receivedAt: time,
      state: text(16),
      reasonCode: textOrNull(64),
      reasonDetail: textOrNull(500),
      packetType: textOrNull(16),
      verifiedBy: text(16),
      verificationNote: textOrNull(64),
      sourceAddress: textOrNull(64),
      contentType: textOrNull(120),
      rawBody: { type: DataTypes.BLOB('medium'), allowNull: false },
      payload: { type: DataTypes.BLOB('medium'), allowNull: true },
      decoded: json('decoded'),
      iridiumLatitude: doubleOrNull,
      iridiumLongitude: doubleOrNull,
      iridiumCepKm: doubleOrNull,
      iridiumReliable: flagOrNull,
      sessionStatus: integerOrNull,
      copies: { ...integer, defaultValue: 0 },
      lastCopyAt: timeOrNull,
      modemId: integerOrNull,
      deviceId: integerOrNull,
      workflowId: textOrNull(200),
      workflowStartedAt: timeOrNull,
      processedAt: timeOrNull,
      skippedRoutes: json('skippedRoutes'),
      problems: json('problems'),
      createdAt: now,
    }),
    { sequelize, modelName: 'inboundMessage', tableName: 'inbound_messages' },
  )
}
