/**
 * RockBLOCK's and Cloudloop's web services: receive, verify, send. Web-standard APIs only, no dependencies.
 *
 * - Receiving: `parseWebhook`, `verifyWebhook`, `duplicateKey`, or all of it as a handler: `createWebhookHandler`.
 * - Sending: `RockBlockClient`, `RockStarClient`, `CloudloopClient`; then `mayRepeat`.
 *
 * @module
 */
export { duplicateKey } from './receive/duplicate-key.ts'
export type {
  CloudloopMessage,
  CorePushMessage,
  IridiumEstimate,
  MoCommon,
  MoMessage,
  P6Content,
  ParseFailure,
  ParseFailureCode,
  ParseFailureReason,
  ParseResult,
  PartialMessage,
  Position,
  ProblemCode,
  RockBlockMessage,
  WebhookFormat,
  WebhookProblem,
} from './receive/message.ts'
export type { AdmissionOptions } from './receive/admission.ts'
export type { Admission, DeliveryInfo, FailureInfo, WebhookOptions } from './receive/receive-delivery.ts'
export type { ParseOptions } from './receive/parse-webhook.ts'
export { parseWebhook } from './receive/parse-webhook.ts'
export { PublicKeyError } from './receive/public-key.ts'
export { describeSessionStatus, isIncomplete, isPositionUnreliable } from './receive/session-status.ts'
export { VENDOR_PUBLIC_KEY } from './receive/vendor-key.ts'
export type { VerifyOptions, VerifyRefusal, VerifyResult } from './receive/verify-webhook.ts'
export { verifyWebhook } from './receive/verify-webhook.ts'
export { createWebhookHandler } from './receive/webhook-handler.ts'
export type { DeliveryStatus } from './send/cloudloop-answer.ts'
export type { CloudloopClientOptions, ImtMessage, SbdMessage } from './send/cloudloop-client.ts'
export { CloudloopClient } from './send/cloudloop-client.ts'
export type { CredentialCheck } from './send/credential-check.ts'
export { creditsFor, IMT_MAX_BYTES, MO_MAX_BYTES, momsnGap, MT_MAX_BYTES } from './send/limits.ts'
export { mayRepeat } from './send/may-repeat.ts'
export type { MtMessage, RockBlockClientOptions } from './send/rockblock-client.ts'
export { RockBlockClient } from './send/rockblock-client.ts'
export type { RockStarClientOptions, TextMessage } from './send/rockstar-client.ts'
export { RockStarClient } from './send/rockstar-client.ts'
export {
  ConfigurationError,
  isSendError,
  MessageError,
  SendError,
  sentOrThrow,
  TryLaterError,
  UnknownOutcomeError,
} from './send/send-error.ts'
export type { NotSent } from './send/send-error.ts'
export type {
  ConfigurationReason,
  ConfigurationRejection,
  MessageRejection,
  SendResult,
  Sent,
  TryLater,
  TryLaterReason,
  UnknownOutcome,
  UnknownReason,
} from './send/send-result.ts'
