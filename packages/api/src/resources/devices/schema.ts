import { z } from 'zod'
import {
  DeviceKindSchema,
  IamSchema,
  ImeiSchema,
  LabelSchema,
  MomentSchema,
  pageOf,
  pageQuery,
  TimeSchema,
} from '../../http/fields.ts'

const GenerationSchema = z.enum(['v2', 'v3'])

/** A device with its group, its present modem and its present state. */
export const DeviceSchema = z.object({
  iam: z.string(),
  kind: DeviceKindSchema,
  label: z.string().nullable(),
  group: z.object({ id: z.int(), name: z.string() }),
  approved: z.boolean(),
  generation: GenerationSchema.nullable(),
  /** Name of the handset or tracker whose commands a buoy accepts; `null`: any that a route names. */
  owner: z.string().nullable(),
  createdAt: TimeSchema,
  /** `serial` is `null` for callers who may not claim the modem: it proves ownership. */
  modem: z.object({ imei: z.string(), serial: z.string().nullable() }).nullable(),
  lastReport: z
    .object({
      at: TimeSchema,
      receivedAt: TimeSchema.nullable(),
      batteryVolts: z.number().nullable(),
      intervalMinutes: z.number().nullable(),
      sleepMinutes: z.number().nullable(),
      reason: z.string().nullable(),
      status: z.string().nullable(),
    })
    .nullable(),
  lastFix: z
    .object({
      at: TimeSchema,
      latitude: z.number(),
      longitude: z.number(),
      sogKnots: z.number().nullable(),
      cogDegrees: z.number().nullable(),
    })
    .nullable(),
  /**
   * Time of the fix that its newest message with a position repeats: the position has been frozen since then. `null` if
   * that message's fix was new.
   */
  positionFrozenSince: TimeSchema.nullable(),
  /** When its newest message of any kind arrived, report or not. */
  lastSeen: TimeSchema.nullable(),
  /**
   * By its own schedule: `ok` · `asleep` as ordered · `late`: its report is overdue · `silent`: its retries are over
   * too, or, without a known schedule, no sign of life for a day · `unknown`: never heard from.
   */
  health: z.enum(['ok', 'asleep', 'late', 'silent', 'unknown']),
  /** A code: `on-schedule`, `sleeping-as-ordered`, `report-overdue`, `retries-over`, `no-schedule`, `never-reported`. */
  healthReason: z.string(),
  /** When the next report is due; `null` if the schedule is unknown. */
  nextExpected: z
    .object({
      from: TimeSchema,
      to: TimeSchema,
      why: z.enum(['grid', 'after-sleep', 'interval', 'factory-interval']),
    })
    .nullable(),
})
export type DeviceView = z.output<typeof DeviceSchema>

export const DeviceParams = z.object({ iam: IamSchema })

export const ListDevicesQuery = z.strictObject({ kind: DeviceKindSchema.optional(), ...pageQuery })

export const DevicePage = pageOf(DeviceSchema)

/** Without `iam` a name is generated; `imei` attaches that modem at once. */
export const CreateDeviceSchema = z.strictObject({
  kind: DeviceKindSchema,
  label: LabelSchema.nullish(),
  iam: IamSchema.optional(),
  imei: ImeiSchema.optional(),
  generation: GenerationSchema.nullish(),
  /** May be omitted by callers with only one group. */
  groupId: z.int().positive().optional(),
})

export const ChangeDeviceSchema = z.strictObject({
  label: LabelSchema.nullable().optional(),
  approved: z.boolean().optional(),
  generation: GenerationSchema.nullable().optional(),
  owner: IamSchema.nullable().optional(),
  groupId: z.int().positive().optional(),
})

/** Allowed clock skew between two users. */
const MAX_AHEAD_MS = 60_000
const PastMomentSchema = MomentSchema.refine(
  (at) => at.getTime() <= Date.now() + MAX_AHEAD_MS,
  'must not be in the future',
)

/**
 * `from`: since when the modem has been in the device; what it has sent since becomes the device's. Default: since it
 * left its last device.
 */
export const AttachModemSchema = z.strictObject({ imei: ImeiSchema, from: PastMomentSchema.optional() })

/** A device's modems over time, latest first; `to` is `null` for the present one. */
export const ModemHistorySchema = z.object({
  items: z.array(z.object({ imei: z.string(), from: TimeSchema, to: TimeSchema.nullable() })),
  nextCursor: z.null(),
})

/** `to`: since when the modem has been out; what it has sent since no longer belongs to the device. */
export const DetachModemSchema = z.strictObject({ to: PastMomentSchema.optional() })
