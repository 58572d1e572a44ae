/** Turns a delivery of the vendor into a stored, decoded message, in one group commit. No HTTP, no workflows. */
export {
  type AcceptResult,
  type AdmitResult,
  type AdmittedBy,
  type Delivery,
  type Envelope,
  NotDurableError,
  type Refusal,
} from './delivery.ts'
export { createIntake, type Intake, type IntakeDeps, type IntakeLog, type IntakeStats } from './intake.ts'
export type { Decode } from './read-packet.ts'
export { planReplay, type ReplayChange, type ReplayPlan } from './replay.ts'
export { reread, type RereadOptions, type StoredDelivery } from './reread.ts'
export { type HistoricDelivery, readHistory } from './read-history.ts'
