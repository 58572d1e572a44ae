/** Tables, migrations, named queries and transactions. The only package that knows SQL. */
export type { Transaction } from 'sequelize'
export type { Database, GroupScope } from './database.ts'
export { type BackupAccess, backUp, restore } from './backup/backup.ts'
export { BackupError } from './backup/backup-error.ts'
export type { BackupNotes } from './backup/notes.ts'
export type { BackupSize } from './backup/sqlite-backup.ts'
export type { Restored } from './backup/sqlite-restore.ts'
export { isUnavailable, outOfReachCode } from './connection/errors.ts'
export { type Availability, type AvailabilityState, createAvailability } from './availability/availability.ts'
export { inTime, TooLate } from './availability/in-time.ts'
export { whyNotWritable, type WriteFault } from './availability/why-not-writable.ts'
export { openDatabase, type OpenDatabaseOptions } from './connection/open-database.ts'
export { followReplica, type ReadSide, type ReadSideOptions } from './connection/read-side.ts'
export { DatabaseUriError, type DatabaseLocation, parseDatabaseUri } from './connection/parse-uri.ts'
export type { Models } from './tables/mod.ts'
export type { Group } from './tables/groups.ts'
export type { User } from './tables/users.ts'
export type { Membership } from './tables/memberships.ts'
export type { Session } from './tables/sessions.ts'
export type { ApiToken } from './tables/api-tokens.ts'
export type { AuditLog } from './tables/audit-log.ts'
export type { StoredCommandState } from './tables/commands.ts'
export type { Deployment } from './tables/deployments.ts'
export type { Endpoint, EndpointState } from './tables/endpoints.ts'
export type { Modem } from './tables/modems.ts'
export type { Device } from './tables/devices.ts'
export type { ModemAssignment } from './tables/modem-assignments.ts'
export type { Route, RouteSourceKind } from './tables/routes.ts'
export type { DeliveryLane, DeliveryRow, NewOutbound, OutboundMessage } from './tables/outbound-messages.ts'
export type { AttemptRow, DeliveryAttempt } from './tables/delivery-attempts.ts'
export type { DeviceState } from './tables/device-states.ts'
export { type Problem, readProblems, type ReportQuality } from './problems.ts'
export { type BeliefRules, DEFAULT_RULES } from './store-batch/plausible.ts'
export { decodedWith, withTimeOfFix } from './store-batch/kept-time.ts'
export { replayMessage } from './store-batch/replay-message.ts'
export { findRepeatedPayload, type RepeatedPayload } from './queries/repeated-payload.ts'
export { beginDrain, listPastMessages, type PastSelection } from './queries/past-messages.ts'
export { listIdsReceived } from './queries/ids-received.ts'
export { acceptFix } from './queries/accept-fix.ts'
export { reopenMessages } from './queries/reopen-messages.ts'
export { storeBatch } from './store-batch/store-batch.ts'
export type { NewInbound, NewReport, StoredMessage, StoredReport, StoreOutcome } from './store-batch/types.ts'
export {
  type DeliveryOfMessage,
  type EndpointForAction,
  insertOutbound,
  listDeliveriesOf,
  loadForAction,
  loadRoutesForAction,
  type MessageForAction,
  type RouteForAction,
} from './queries/action.ts'
export {
  deleteDeployment,
  type DeploymentRow,
  type DeploymentValues,
  insertDeployment,
  listDeployments,
  updateDeployment,
} from './queries/deployments.ts'
export {
  type CommandDecision,
  type CommandOfMessage,
  type CommandRow,
  commandStateOf,
  decideCommands,
  findCommand,
  insertCommand,
  listCommands,
  listCommandsAmong,
  listCommandsDecidedBy,
  listHeldCommands,
  listContacts,
  listDecidableCommands,
  listReportTimes,
  listUnnotedCommands,
  loadModemQueue,
  type NewCommand,
  releaseCommand,
} from './queries/commands.ts'
export {
  acknowledgeAlert,
  type AlertRow,
  endAlerts,
  findAlert,
  findLastEnded,
  findLastReceipt,
  listAlerts,
  listAtSea,
  listOpenAlerts,
  listParked,
  listSuspectDevices,
  type NewAlert,
  openAlerts,
  type ParkedRow,
  takeAlertWatch,
} from './queries/alerts.ts'
export {
  addNotices,
  type DueNotice,
  listDueNotices,
  type NewNotice,
  recordNotices,
  settleOpenedNotices,
} from './queries/alert-notices.ts'
export {
  deletePushSubscription,
  findPushSubscription,
  insertPushSubscription,
  listPushAudience,
  listPushSubscriptions,
  MAX_PUSH_SUBSCRIPTIONS,
  type PushListener,
  type PushSubscriptionRow,
} from './queries/push-subscriptions.ts'
export { listAlertRules, loadAlertRules, saveAlertRules } from './queries/alert-rules.ts'
export {
  deleteDeviceNote,
  type DeviceNoteRow,
  findDeviceNote,
  insertDeviceNote,
  listDeviceNotes,
} from './queries/device-notes.ts'
export {
  deleteShareLink,
  findShareLink,
  insertShareLink,
  listShareLinks,
  type ShareLinkRow,
} from './queries/share-links.ts'
export { countStates, type StateCounts } from './queries/count-states.ts'
export { readTrack, type TrackField, type TrackRow } from './queries/track.ts'
export {
  AIRTIME_KEYS,
  type AirtimeBudgetRow,
  type AirtimeKey,
  type AirtimeScope,
  type AirtimeSpend,
  type AirtimeSum,
  type AirtimeWarningRow,
  listAirtime,
  listAirtimeWarnings,
  listReceivedAirtime,
  loadAnsweredDepths,
  loadBudgets,
  noteAirtimeWarning,
  refundAirtime,
  releaseStopped,
  setBudget,
  spendAirtime,
  stopDeliveries,
  type StoppedDelivery,
  sumAirtime,
  waiveAirtime,
} from './queries/airtime.ts'
export { AIRTIME_PERIODS, AIRTIME_SCOPES, type AirtimePeriod, type AirtimeScopeKind } from './tables/airtime.ts'
export { markProcessed } from './queries/processed.ts'
export type { SkippedRoute } from './skipped-routes.ts'
export { loadWholeMessages, type WholeMessage } from './queries/whole-messages.ts'
export { type EarlierLook, type EarlierMessage, listEarlier, type Way } from './queries/earlier.ts'
export { type EarlierOfDevice, listEarlierOfDevice, listWaysTaken, markRepeats } from './queries/earlier-commands.ts'
export { findSameFix, type SameFix } from './queries/same-fix.ts'
export {
  type DeliveryCause,
  type DispatchTable,
  listUndispatchedInbound,
  isInboundWaiting,
  listOpenInbound,
  listOpenOutbound,
  listStartedInbound,
  listUndispatchedOutbound,
  loadOutboundForDispatch,
  markDispatched,
  type SweepArgs,
  type UndispatchedInbound,
  type UndispatchedOutbound,
} from './queries/dispatch.ts'
export {
  type AttemptEnd,
  cancelOutbound,
  insertPersonOutbound,
  type NewPersonOutbound,
  type OperatorOutcome,
  recordAttempts,
  resumeOutbound,
} from './queries/outbound.ts'
export { findKnown, type ResumeSelection, resumeSelection } from './queries/resume-selection.ts'
export { accountHalts, endpointHalts, type Halt, type HaltRow, type UndispatchedHalt } from './queries/halts.ts'
export { countHeld, parkVendorAccount, resumeAccountsOf } from './queries/vendor-accounts.ts'
export {
  endRecovery,
  findRecovery,
  insertRecovery,
  listUndispatchedRecoveries,
  loadRecovery,
  type RecoveryRow,
  setBackCommand,
  setRecoveryCommand,
  type UndispatchedRecovery,
} from './queries/recoveries.ts'
export { findHolds, type Hold } from './queries/holds.ts'
export { resendOutbound, type ResendOutcome, settleAsArrived } from './queries/settle-outbound.ts'
export {
  beginAttempts,
  finishOutbound,
  listFreed,
  listLostTurns,
  listNextWaiting,
  loadTurns,
  markHeld,
  markWaiting,
  type OutboundTurn,
  type WaitingDelivery,
} from './queries/turns.ts'
export {
  countUsers,
  ensureGroup,
  findUserByEmail,
  findUserById,
  type GroupRow,
  insertUser,
  listGroups,
  listMemberships,
  type MembershipRow,
  normaliseEmail,
  updatePassword,
  type UserRow,
} from './queries/accounts.ts'
export { type AuditRow, listAudit, recordAudit } from './queries/audit.ts'
export { attachModem, type AttachResult, detachModem, type DetachResult } from './queries/attach-modem.ts'
export {
  ensureEndpoint,
  type EndpointRow,
  type EndpointValues,
  findEndpoint,
  findSameEndpoint,
  insertEndpoint,
  listEndpoints,
} from './queries/endpoints.ts'
export { dismissError, FAULTY_DELIVERY_STATES, listFaultyDeliveries, listQuarantined } from './queries/errors.ts'
export { findDelivery, listAttempts, listDeliveries } from './queries/deliveries.ts'
export {
  deleteEndpoint,
  holdEndpoint,
  loadEndpointSecrets,
  setEndpointSecrets,
  updateEndpoint,
} from './queries/change-endpoint.ts'
export { type EndpointNote, noteEndpoints, rescueDirect, rescueFromGone } from './queries/endpoint-states.ts'
export { type DeliveryStatus, listDeliveryStates } from './queries/delivery-states.ts'
export {
  eventsOf,
  listEventsAfter,
  listEventsAmong,
  type NewEvent,
  pruneEvents,
  readEventBounds,
  recordEvents,
} from './queries/events.ts'
export type { EventKind, EventRow } from './tables/events.ts'
export {
  deleteDevice,
  type DeviceChange,
  findDevice,
  findDeviceById,
  insertDevice,
  listDevices,
  updateDevice,
} from './queries/devices.ts'
export { type DeviceRow, type DeviceStateRow, listFleet } from './queries/fleet.ts'
export {
  findDeviceNames,
  findInbound,
  highestInboundId,
  type InboundFilter,
  listInbound,
  listInboundByIds,
  listInboundIdsAfter,
  listInboundIdsAmong,
} from './queries/messages.ts'
export { claimFreeModem, claimModem, findImeiBySerial, findModem, listModems, type ModemRow } from './queries/modems.ts'
export { findReportsOfMessages, listReports } from './queries/reports.ts'
export type { InboundDetailRow, InboundMessage, InboundRow } from './tables/inbound-messages.ts'
export { NOTHING_REPORTED, type Report, type ReportRow } from './tables/reports.ts'
export {
  deleteRoute,
  findRoute,
  findSameRoute,
  insertRoute,
  listRoutes,
  lockGroup,
  type RouteRow,
  type RouteValues,
  updateRoute,
  switchOffRoutesTo,
} from './queries/routes.ts'
export { isUniqueConflict } from './queries/scope.ts'
export { deletePasswordResets, findPasswordReset, insertPasswordReset } from './queries/password-resets.ts'
export {
  deleteIdentity,
  findIdentity,
  type IdentityName,
  type IdentityRow,
  insertIdentity,
  insertSignIn,
  listIdentities,
  type SignInRow,
  takeSignIn,
} from './queries/identities.ts'
export { countRecoveryCodes, replaceRecoveryCodes, useRecoveryCode } from './queries/recovery-codes.ts'
export {
  loadSecondFactor,
  saveSecondFactor,
  type SecondFactorRow,
  useSecondFactorStep,
} from './queries/second-factor.ts'
export {
  deleteSession,
  deleteSessionsOf,
  findSession,
  insertSession,
  listSessions,
  type OwnSessionRow,
  type SessionRow,
  touchSession,
} from './queries/sessions.ts'
export {
  type ApiTokenRow,
  findApiToken,
  insertApiToken,
  listApiTokens,
  revokeApiToken,
  touchApiToken,
} from './queries/tokens.ts'
export { listModemStays, type ModemStayRow } from './queries/modem-history.ts'
export {
  countSystemAdmins,
  findUser,
  listUsers,
  setMembership,
  updateUser,
  type UserWithRoles,
} from './queries/users.ts'
export {
  moveTemporalHome,
  readTemporalHome,
  settleTemporalHome,
  type TemporalHomeRow,
  type TemporalIdentity,
  touchTemporalHome,
} from './queries/temporal-home.ts'
export { beatProcess, forgetProcesses, GONE_AFTER_SECONDS, hasGoneProcess, leaveProcess } from './queries/processes.ts'
export { readClock } from './queries/read-clock.ts'
export * from './firmware/mod.ts'
export * from './links/mod.ts'
export * from './original/mod.ts'
