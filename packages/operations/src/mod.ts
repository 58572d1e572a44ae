/** What a person or a program may do, without HTTP: checked, done and audited in one transaction. */
export { type BudgetWish, changeAirtimeBudget, overrideAirtime, type OverrideWish } from './airtime/change-budget.ts'
export type { AirtimeOf } from './airtime/find-scope.ts'
export {
  type AirtimeBudget,
  type AirtimeItem,
  type AirtimeOfMonth,
  readAirtime,
  readAirtimeBudgets,
} from './airtime/read-airtime.ts'
export { waiveAirtime } from './airtime/waive-delivery.ts'
export { changeUser, type UserChange } from './accounts/change-user.ts'
export { createUser, type MadeUser, type NewUser } from './accounts/create-user.ts'
export { ensureFirstAdmin, hasAccounts } from './accounts/first-admin.ts'
export { type Invitation, inviteUser } from './accounts/invite-user.ts'
export { createGate, type Gate, GateFullError } from './gate.ts'
export { DEFAULT_GROUP_NAME, ensureDefaultGroup } from './accounts/groups.ts'
export { changePassword } from './accounts/change-password.ts'
export { endSessions } from './accounts/end-sessions.ts'
export { makePasswordLink, PASSWORD_LINK_MS, usePasswordLink } from './accounts/password-link.ts'
export {
  beginSecondFactor,
  confirmSecondFactor,
  endSecondFactor,
  type MadeSecondFactor,
} from './accounts/second-factor.ts'
export { type LogIn, logIn, logOut, type NewSession, SESSION_LIFE_MS, sessionEnd } from './accounts/log-in.ts'
export { PASSWORD_LENGTH } from './accounts/password.ts'
export { endSessionsOf } from './accounts/end-sessions-of.ts'
export { makeRecoveryCodes } from './accounts/recovery-codes.ts'
export { allowLink, endIdentity, type ProvenIdentity, type SignIn, signIn } from './accounts/sign-in.ts'
export { resetPassword } from './accounts/reset-password.ts'
export { hashSecret, isSameSecret, newSecret, TOKEN_PREFIX } from './accounts/secrets.ts'
export { type Caller, hasRole, includesRole, requireRole, scopeOf, strangerCaller, systemCaller } from './caller.ts'
export { acknowledgeAlert } from './alerts/acknowledge-alert.ts'
export { type PushWish, subscribeBrowser, unsubscribeBrowser } from './alerts/push-subscriptions.ts'
export { setAlertRules } from './alerts/set-alert-rules.ts'
export { cancelCommand, sendCommand } from './commands/change-command.ts'
export { previewCommand } from './commands/preview-command.ts'
export { requestCommand } from './commands/request-command.ts'
export { changeDeployment, type DeploymentChange } from './deployments/change-deployment.ts'
export { createDeployment } from './deployments/create-deployment.ts'
export { deleteDeployment } from './deployments/delete-deployment.ts'
export {
  changeEndpoint,
  deleteEndpoint,
  type EndpointChange,
  pauseEndpoint,
  resumeEndpoint,
  rotateSecret,
} from './endpoints/change-endpoint.ts'
export { createEndpoint, type CreatedEndpoint, type NewEndpoint } from './endpoints/create-endpoint.ts'
export { previewEndpoint, testEndpoint } from './endpoints/try-endpoint.ts'
export { dismissError, type ErrorSubject } from './errors/dismiss-error.ts'
export { cancelUpgrade } from './firmware/cancel-upgrade.ts'
export { cancelRelease, resumeRelease } from './firmware/change-release.ts'
export { requestRelease, type RequestedRelease, type StandingRef } from './firmware/request-release.ts'
export {
  approveStage,
  cancelRollout,
  createRollout,
  type NewRollout,
  pauseRollout,
  resumeRollout,
} from './firmware/rollouts.ts'
export { startUpgrade } from './firmware/start-upgrade.ts'
export { attachModem } from './fleet/attach-modem.ts'
export { changeDevice } from './fleet/change-device.ts'
export { makeLinkKey, removeLinkKey } from './fleet/change-link-key.ts'
export { claimModem } from './fleet/claim-modem.ts'
export { createDevice, type NewDevice } from './fleet/create-device.ts'
export { deleteDevice } from './fleet/delete-device.ts'
export { detachModem } from './fleet/detach-modem.ts'
export { addDeviceNote, MOST_NOTES, removeDeviceNote } from './fleet/device-notes.ts'
export { ownerOf } from './fleet/owner.ts'
export { registerDevice } from './fleet/register-device.ts'
export { type MadeShareLink, shareDevice, unshareDevice } from './fleet/share-device.ts'
export { acceptFix } from './messages/accept-fix.ts'
export {
  MAX_REPLAYED,
  type ReadAgain,
  type Replayed,
  type ReplaySelection,
  replaySelection,
} from './messages/replay-selection.ts'
export { noteReplay } from './messages/replay-message.ts'
export { cancelDelivery, resumeDelivery } from './messages/change-delivery.ts'
export type { FoundDelivery } from './messages/find-delivery.ts'
export { beginRecovery, endRecovery, type StartedRecovery } from './commands/recovery.ts'
export { resumeDeliveries } from './messages/resume-deliveries.ts'
export { noteAddressShown } from './accounts/note-address-shown.ts'
export { resumeVendorAccount } from './vendor-accounts/resume-account.ts'
export { arriveDelivery, resendDelivery } from './messages/settle-delivery.ts'
export { type NewMessage, sendMessage } from './messages/send-message.ts'
export { moveTemporal } from './store/move-temporal.ts'
export { isOneLine } from './one-line.ts'
export type { OperationContext } from './operation.ts'
export { type FieldError, Refusal, type RefusalKind, refuseField } from './refusal.ts'
export { type Backfill, backfillRoute, type BackfillWish, MAX_BACKFILL } from './routing/backfill-route.ts'
export { changeRoute, type RouteChange } from './routing/change-route.ts'
export { createRoute } from './routing/create-route.ts'
export { deleteRoute } from './routing/delete-route.ts'
export type { RouteInput, RouteSource, RouteTarget } from './routing/route-input.ts'
export { createToken, type NewToken } from './tokens/create-token.ts'
export { revokeToken } from './tokens/revoke-token.ts'
