/** Plans deliveries from routes and sends them through targets. No HTTP server, no Temporal. */
export * from './contract.ts'
export {
  cancelCommand,
  type CommandPreview,
  type CommandRefusal,
  type CommandRequest,
  previewCommand,
  queueOf,
  requestCommand,
  sendHeldCommand,
} from './commands/request-command.ts'
export { generationOf, knowledgeOf, type ScheduledDevice, toKnowledge } from './commands/device-knowledge.ts'
export { GATEWAY_QUEUE_LIMIT, type GatewayQueue } from './commands/gateway-queue.ts'
export { createDelivery, type Delivery } from './create-delivery.ts'
export type { DeliveryDeps, DeliveryEvent, Heart } from './deps.ts'
export { MAX_DEPTH } from './airtime/guard.ts'
export { levelsOf, nextMonth, startOf, type AirtimeLevels } from './airtime/levels.ts'
export { closesLoop, hasFormat, ROUTED_TYPES, type RoutedType } from './plan/pairs.ts'
export { mismatchOf } from './plan/routing-plan.ts'
export { defaultTimeToLive, type TimeToLive } from './plan/time-to-live.ts'
export {
  beginRecovery,
  priceRecovery,
  type RecoveryPrice,
  type RecoveryWish,
  stopRecovery,
} from './commands/recovery.ts'
export type { AccountLook } from './send/probe-account.ts'
export { loadPlanRoute, type PastPlan, planPast } from './replay/plan-past.ts'
export type { DeliverInput } from './send/desk.ts'
export { mostBusy } from './send/slots.ts'
export { isFinal } from './send/turn.ts'
export { endpointValues } from './targets/endpoint-values.ts'
export { modemEndpoint, modemTarget } from './targets/modem/modem-target.ts'
export { allTargets, findTarget } from './targets/registry.ts'
export { sendContext } from './targets/send-context.ts'
export type { ModemSender, RockStarSender, SendContext, SendSettings } from './targets/send-context.ts'
export { reportFields, type ReportFields } from './targets/program/report-fields.ts'
export { createPost, type Post, PostError } from './targets/webhook/post.ts'
export { createReach, hostOf, lookupWithin, type Reach } from './targets/webhook/reach.ts'
export type { AddressContext, Target } from './targets/target.ts'
export { previewBody, previewTest, sendBody, sendTest } from './targets/try-out.ts'
export type { Preview, TestOutcome } from './targets/try-out.ts'
export { createWorkFigures, WORK_HISTOGRAMS, type WorkFigures } from './work-figures.ts'
