import { AIRTIME_KEYS, AIRTIME_PERIODS, AIRTIME_SCOPES } from '@paikea/database'
import { z } from 'zod'
import { IamSchema, numberInUrl, TimeSchema } from '../../http/fields.ts'

const PeriodSchema = z.enum(AIRTIME_PERIODS)
const CreditsSchema = z.int().min(0).max(100_000_000)
const ReasonSchema = z.string().trim().min(1).max(300)

/** `month` is in UTC. @default the current month */
export const AirtimeQuery = z.strictObject({
  by: z.enum(AIRTIME_KEYS).default('device'),
  month: z
    .string()
    .regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, 'must be a month such as 2026-11')
    .optional(),
  groupId: numberInUrl(z.number().int().positive()).optional(),
})

/** Credits spent on sending in a month. A send that may have left counts; one that failed does not. */
export const AirtimeSchema = z.object({
  by: z.enum(AIRTIME_KEYS),
  from: TimeSchema,
  to: TimeSchema,
  credits: z.int(),
  messages: z.int(),
  /** Credits of the devices' own messages: no limit stops these. */
  receivedCredits: z.int(),
  receivedMessages: z.int(),
  items: z.array(
    z.object({
      /** Name of the device or group, `modem/<imei>` or `rockstar/<serial>`; empty: none of these. */
      key: z.string(),
      credits: z.int(),
      messages: z.int(),
      receivedCredits: z.int(),
      receivedMessages: z.int(),
    }),
  ),
  /** Warning levels passed in that month, newest first. */
  warnings: z.array(
    z.object({
      scope: z.enum(AIRTIME_SCOPES),
      groupId: z.int().nullable(),
      iam: z.string().nullable(),
      /** `month/2026-11`, `hour/2026-11-24T16`. */
      period: z.string(),
      level: z.enum(['warn', 'stop']),
      limitCredits: z.int(),
      spentCredits: z.int(),
      at: TimeSchema,
    }),
  ),
})

/** Levels for the whole installation, for each group, and for devices that have their own. */
export const BudgetsSchema = z.object({
  items: z.array(
    z.object({
      scope: z.enum(AIRTIME_SCOPES),
      groupId: z.int().nullable(),
      iam: z.string().nullable(),
      period: PeriodSchema,
      warnCredits: z.int().nullable(),
      stopCredits: z.int().nullable(),
      isDefault: z.boolean(),
      overrideUntil: TimeSchema.nullable(),
      spentCredits: z.int(),
      level: z.enum(['ok', 'warn', 'stop']),
    }),
  ),
})

const scopeFields = { iam: IamSchema.optional(), groupId: z.int().positive().optional() }

/** With neither `iam` nor `groupId`: the whole installation. `null` unsets a level: default warnings then apply. */
export const ChangeBudgetSchema = z.strictObject({
  ...scopeFields,
  period: PeriodSchema.default('month'),
  warnCredits: CreditsSchema.nullable().default(null),
  stopCredits: CreditsSchema.nullable().default(null),
})

/** 0 hours ends it. */
export const OverrideSchema = z.strictObject({
  ...scopeFields,
  /** If omitted, lifts every stop that is set. */
  period: PeriodSchema.nullable().default(null),
  hours: z.number().min(0).max(744),
  reason: ReasonSchema,
})
export const OverriddenSchema = z.object({ until: TimeSchema.nullable() })

export const WaiveSchema = z.strictObject({ reason: ReasonSchema })
