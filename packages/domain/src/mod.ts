export {
  ALERT_KINDS,
  type AlertKind,
  type AlertRules,
  DEFAULT_ALERT_RULES,
  type QuietHours,
  type WatchCircle,
} from './alerts.ts'
export { COMMAND_KINDS, COMMAND_STATES, type CommandKind, type CommandState } from './commands.ts'
export { DEVICE_GENERATIONS, type DeviceGeneration, DEVICE_KINDS, type DeviceKind } from './devices.ts'
export { MESSAGE_STATES, type MessageState } from './message-states.ts'
export {
  DELIVERY_STATES,
  type DeliveryState,
  FINAL_DELIVERY_STATES,
  type FinalDeliveryState,
  OPEN_DELIVERY_STATES,
  type OpenDeliveryState,
} from './delivery-states.ts'
export { ROLES, type Role } from './roles.ts'
export {
  OPEN_UPGRADE_STATES,
  RELEASE_STATES,
  type ReleaseState,
  ROLLOUT_STATES,
  type RolloutState,
  UPGRADE_STATES,
  type UpgradeState,
} from './firmware-states.ts'
export { EVENT_NAMES, type EventName } from './events.ts'
export { type Log, type LogFields, SILENT_LOG } from './log.ts'
export {
  deliverySubject,
  messageSubject,
  NO_TRACES,
  type Span,
  type SpanAttributes,
  type SpanTime,
  timeSpan,
  type Traces,
  type TraceSubject,
} from './traces.ts'
export type { Clock } from './clock.ts'
