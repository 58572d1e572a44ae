import type { Sequelize } from 'sequelize'

import { defineApiToken, defineAuditLog, defineGroup, defineMembership, defineSession, defineUser } from './accounts.ts'
import { defineEndpoint } from './endpoints.ts'
import { defineDeviceCommand } from './commands.ts'
import { defineDeployment } from './deployments.ts'
import { defineDevice, defineModem, defineModemAssignment } from './fleet.ts'
import { defineDeliveryAttempt, defineOutboundMessage, defineRoute } from './outbound.ts'
import { defineModel } from '../sql/model.ts'
import { DEVICE_STATES } from '../tables/device-states.ts'
import { INBOUND_MESSAGES } from '../tables/inbound-messages.ts'
import { REPORTS } from '../tables/reports.ts'

/** All tables as Sequelize models, bound to one connection: two open databases in one process do not share them. */
export type Models = ReturnType<typeof defineModels>

export function defineModels(sequelize: Sequelize) {
  const models = {
    Group: defineGroup(sequelize),
    User: defineUser(sequelize),
    Membership: defineMembership(sequelize),
    Session: defineSession(sequelize),
    ApiToken: defineApiToken(sequelize),
    AuditLog: defineAuditLog(sequelize),
    Modem: defineModem(sequelize),
    Device: defineDevice(sequelize),
    ModemAssignment: defineModemAssignment(sequelize),
    InboundMessage: defineModel(sequelize, INBOUND_MESSAGES, { modelName: 'inboundMessage' }),
    Report: defineModel(sequelize, REPORTS, { modelName: 'report' }),
    DeviceState: defineModel(sequelize, DEVICE_STATES, { modelName: 'deviceState' }),
    Endpoint: defineEndpoint(sequelize),
    Deployment: defineDeployment(sequelize),
    DeviceCommand: defineDeviceCommand(sequelize),
    Route: defineRoute(sequelize),
    OutboundMessage: defineOutboundMessage(sequelize),
    DeliveryAttempt: defineDeliveryAttempt(sequelize),
  }
  const { Group, User, Membership, Session, Modem, Device, ModemAssignment } = models
  const { InboundMessage, Report, DeviceState, Endpoint, Route, OutboundMessage, DeliveryAttempt } = models

  // The joins that queries use (`include: { association: 'device' }`). The tables' own foreign keys are made by the migrations.
  Membership.belongsTo(User, { as: 'user', foreignKey: 'userId', constraints: false })
  Membership.belongsTo(Group, { as: 'group', foreignKey: 'groupId', constraints: false })
  User.hasMany(Membership, { as: 'memberships', foreignKey: 'userId', constraints: false })
  Session.belongsTo(User, { as: 'user', foreignKey: 'userId', constraints: false })
  Device.belongsTo(Group, { as: 'group', foreignKey: 'groupId', constraints: false })
  Device.hasOne(DeviceState, { as: 'lastState', foreignKey: 'deviceId', constraints: false })
  // The open one only: `openDeviceId` and `openModemId` are null in closed assignments.
  Device.hasOne(ModemAssignment, { as: 'openAssignment', foreignKey: 'openDeviceId', constraints: false })
  Modem.hasOne(ModemAssignment, { as: 'openAssignment', foreignKey: 'openModemId', constraints: false })
  ModemAssignment.belongsTo(Modem, { as: 'modem', foreignKey: 'modemId', constraints: false })
  ModemAssignment.belongsTo(Device, { as: 'device', foreignKey: 'deviceId', constraints: false })
  InboundMessage.belongsTo(Modem, { as: 'modem', foreignKey: 'modemId', constraints: false })
  InboundMessage.belongsTo(Device, { as: 'device', foreignKey: 'deviceId', constraints: false })
  InboundMessage.hasOne(Report, { as: 'report', foreignKey: 'messageId', constraints: false })
  Report.belongsTo(InboundMessage, { as: 'message', foreignKey: 'messageId', constraints: false })
  Report.belongsTo(Device, { as: 'device', foreignKey: 'deviceId', constraints: false })
  Route.belongsTo(Device, { as: 'sourceDevice', foreignKey: 'sourceDeviceId', constraints: false })
  Route.belongsTo(Endpoint, { as: 'endpoint', foreignKey: 'endpointId', constraints: false })
  OutboundMessage.belongsTo(Endpoint, { as: 'endpoint', foreignKey: 'endpointId', constraints: false })
  OutboundMessage.belongsTo(InboundMessage, { as: 'cause', foreignKey: 'causeMessageId', constraints: false })
  OutboundMessage.belongsTo(Device, { as: 'sourceDevice', foreignKey: 'sourceDeviceId', constraints: false })
  OutboundMessage.hasMany(DeliveryAttempt, { as: 'attempts', foreignKey: 'outboundId', constraints: false })
  return models
}
