import type { Sequelize } from 'sequelize'

import { defineModel } from '../sql/model.ts'
import { GROUPS } from './groups.ts'
import { USERS } from './users.ts'
import { MEMBERSHIPS } from './memberships.ts'
import { SESSIONS } from './sessions.ts'
import { API_TOKENS } from './api-tokens.ts'
import { AUDIT_LOG } from './audit-log.ts'
import { AIRTIME_BUDGETS, AIRTIME_SPENT, AIRTIME_WARNINGS } from './airtime.ts'
import { ALERT_NOTICES } from './alert-notices.ts'
import { ALERT_RULES } from './alert-rules.ts'
import { ALERTS } from './alerts.ts'
import { DEVICE_NOTES } from './device-notes.ts'
import { DISMISSED_ERRORS } from './dismissed-errors.ts'
import { SHARE_LINKS } from './share-links.ts'
import { PASSWORD_RESETS } from './password-resets.ts'
import { COMMANDS } from './commands.ts'
import { DEPLOYMENTS } from './deployments.ts'
import { ENDPOINTS } from './endpoints.ts'
import { EVENTS } from './events.ts'
import { MODEMS } from './modems.ts'
import { DEVICES } from './devices.ts'
import { MODEM_ASSIGNMENTS } from './modem-assignments.ts'
import { ROUTES } from './routes.ts'
import { OUTBOUND_MESSAGES } from './outbound-messages.ts'
import { DELIVERY_ATTEMPTS } from './delivery-attempts.ts'
import { DEVICE_STATES } from './device-states.ts'
import { INBOUND_MESSAGES } from './inbound-messages.ts'
import { REPORTS } from './reports.ts'
import { RECOVERIES } from './recoveries.ts'
import { IDENTITIES, SIGN_INS } from './identities.ts'
import { RECOVERY_CODES } from './recovery-codes.ts'
import { PUSH_SUBSCRIPTIONS } from './push-subscriptions.ts'
import { VENDOR_ACCOUNTS } from './vendor-accounts.ts'

/** All tables as Sequelize models, bound to one connection: two open databases in one process do not share them. */
export type Models = ReturnType<typeof defineModels>

export function defineModels(sequelize: Sequelize) {
  const models = {
    Group: defineModel(sequelize, GROUPS, { modelName: 'group' }),
    User: defineModel(sequelize, USERS, { modelName: 'user' }),
    Membership: defineModel(sequelize, MEMBERSHIPS, { modelName: 'membership' }),
    Session: defineModel(sequelize, SESSIONS, { modelName: 'session' }),
    ApiToken: defineModel(sequelize, API_TOKENS, { modelName: 'apiToken' }),
    AuditLog: defineModel(sequelize, AUDIT_LOG, { modelName: 'auditLog' }),
    Modem: defineModel(sequelize, MODEMS, { modelName: 'modem' }),
    Device: defineModel(sequelize, DEVICES, { modelName: 'device', timestamps: true, paranoid: false }),
    ModemAssignment: defineModel(sequelize, MODEM_ASSIGNMENTS, { modelName: 'modemAssignment' }),
    InboundMessage: defineModel(sequelize, INBOUND_MESSAGES, { modelName: 'inboundMessage' }),
    Report: defineModel(sequelize, REPORTS, { modelName: 'report' }),
    DeviceState: defineModel(sequelize, DEVICE_STATES, { modelName: 'deviceState' }),
    Endpoint: defineModel(sequelize, ENDPOINTS, { modelName: 'endpoint', timestamps: true, paranoid: false }),
    StoredEvent: defineModel(sequelize, EVENTS, { modelName: 'event' }),
    AirtimeSpent: defineModel(sequelize, AIRTIME_SPENT, { modelName: 'airtimeSpent' }),
    AirtimeBudget: defineModel(sequelize, AIRTIME_BUDGETS, { modelName: 'airtimeBudget' }),
    AirtimeWarning: defineModel(sequelize, AIRTIME_WARNINGS, { modelName: 'airtimeWarning' }),
    Deployment: defineModel(sequelize, DEPLOYMENTS, { modelName: 'deployment' }),
    DeviceCommand: defineModel(sequelize, COMMANDS, { modelName: 'command' }),
    Route: defineModel(sequelize, ROUTES, { modelName: 'route', timestamps: true, paranoid: false }),
    OutboundMessage: defineModel(sequelize, OUTBOUND_MESSAGES, { modelName: 'outboundMessage' }),
    Alert: defineModel(sequelize, ALERTS, { modelName: 'alert' }),
    AlertNotice: defineModel(sequelize, ALERT_NOTICES, { modelName: 'alertNotice' }),
    AlertRules: defineModel(sequelize, ALERT_RULES, { modelName: 'alertRules' }),
    DeviceNote: defineModel(sequelize, DEVICE_NOTES, { modelName: 'deviceNote' }),
    RecoveryCode: defineModel(sequelize, RECOVERY_CODES, { modelName: 'recoveryCode' }),
    Identity: defineModel(sequelize, IDENTITIES, { modelName: 'identity' }),
    SignIn: defineModel(sequelize, SIGN_INS, { modelName: 'signIn' }),
    PushSubscription: defineModel(sequelize, PUSH_SUBSCRIPTIONS, { modelName: 'pushSubscription' }),
    DismissedError: defineModel(sequelize, DISMISSED_ERRORS, { modelName: 'dismissedError' }),
    ShareLink: defineModel(sequelize, SHARE_LINKS, { modelName: 'shareLink' }),
    PasswordReset: defineModel(sequelize, PASSWORD_RESETS, { modelName: 'passwordReset' }),
    DeliveryAttempt: defineModel(sequelize, DELIVERY_ATTEMPTS, { modelName: 'deliveryAttempt' }),
    Recovery: defineModel(sequelize, RECOVERIES, { modelName: 'recovery' }),
    VendorAccount: defineModel(sequelize, VENDOR_ACCOUNTS, { modelName: 'vendorAccount' }),
  }
  const { Group, User, Membership, Session, Modem, Device, ModemAssignment } = models
  const { InboundMessage, Report, DeviceState, Endpoint, Route, OutboundMessage, DeliveryAttempt } = models

  // The associations that queries use (`include: { association: 'device' }`). The migrations create the tables' own
  // foreign keys.
  Membership.belongsTo(User, { as: 'user', foreignKey: 'userId', constraints: false })
  Membership.belongsTo(Group, { as: 'group', foreignKey: 'groupId', constraints: false })
  User.hasMany(Membership, { as: 'memberships', foreignKey: 'userId', constraints: false })
  Session.belongsTo(User, { as: 'user', foreignKey: 'userId', constraints: false })
  Device.belongsTo(Group, { as: 'group', foreignKey: 'groupId', constraints: false })
  Device.hasOne(DeviceState, { as: 'lastState', foreignKey: 'deviceId', constraints: false })
  // Only the open one: `openDeviceId` and `openModemId` are null in closed assignments.
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
