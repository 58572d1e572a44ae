import { RELEASE_STATES, ROLLOUT_STATES, UPGRADE_STATES } from '@paikea/domain'
import { isRefName } from '@paikea/firmware'
import { z } from 'zod'
import { IamSchema, IdSchema, LabelSchema, pageOf, pageQuery, TimeSchema } from '../../http/fields.ts'

const MAX_STAGES = 20
const MAX_DEVICES_IN_STAGE = 1000

/** Why something is stuck, in plain words, and what to do about it. */
const ReasonSchema = z.object({ code: z.string(), detail: z.string(), whatToDo: z.string().nullable() })

/** A branch or tag that named a release, and whether it has moved since. */
const RefSchema = z.object({
  name: z.string(),
  seenAt: TimeSchema,
  moved: z.boolean(),
  /** The commit it points to now; `null` if it has not moved, or is gone. */
  nowAt: z.string().nullable(),
  gone: z.boolean(),
})

/** A release, ready or in preparation. */
export const ReleaseSchema = z.object({
  id: z.int(),
  ref: z.string(),
  state: z.enum(RELEASE_STATES),
  reason: ReasonSchema.nullable(),
  problems: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })),
  progress: z.record(z.string(), z.unknown()).nullable(),
  tries: z.int(),
  nextTryAt: TimeSchema.nullable(),
  commit: z.string().nullable(),
  tagObject: z.string().nullable(),
  refs: z.array(RefSchema),
  signature: z.object({ state: z.string(), signer: z.string().nullable() }).nullable(),
  subject: z.string().nullable(),
  committedAt: TimeSchema.nullable(),
  /** The existing release of the same commit. */
  sameAs: z.int().nullable(),
  fileCount: z.int().nullable(),
  totalBytes: z.int().nullable(),
  flashBytes: z.int().nullable(),
  requestedBy: z.string(),
  workflowId: z.string().nullable(),
  createdAt: TimeSchema,
  readyAt: TimeSchema.nullable(),
})
export type ReleaseView = z.output<typeof ReleaseSchema>

export const ReleaseDetailSchema = ReleaseSchema.extend({
  files: z.array(z.object({ path: z.string(), bytes: z.int(), sha1: z.string(), sha256: z.string() })),
})

export const ReleaseChangesSchema = z.object({
  from: z.int(),
  to: z.int(),
  added: z.array(z.string()),
  removed: z.array(z.string()),
  changed: z.array(z.string()),
})

/** An upgrade of a device. */
export const UpgradeSchema = z.object({
  id: z.int(),
  iam: z.string(),
  releaseId: z.int(),
  ref: z.string(),
  commit: z.string().nullable(),
  rolloutId: z.int().nullable(),
  state: z.enum(UPGRADE_STATES),
  reason: ReasonSchema.nullable(),
  isDowngrade: z.boolean(),
  progress: z.object({ filesDone: z.int(), filesTotal: z.int() }),
  freeBytes: z.int().nullable(),
  runs: z.int(),
  restarts: z.int(),
  offeredAt: TimeSchema.nullable(),
  heardAt: TimeSchema.nullable(),
  installedAt: TimeSchema.nullable(),
  finishedAt: TimeSchema.nullable(),
  expiresAt: TimeSchema,
  requestedBy: z.string(),
  workflowId: z.string().nullable(),
  createdAt: TimeSchema,
})
export type UpgradeView = z.output<typeof UpgradeSchema>

/** Adds each file of the release, and whether the device has fetched it. */
export const UpgradeDetailSchema = UpgradeSchema.extend({
  files: z.array(z.object({ path: z.string(), bytes: z.int(), isFetched: z.boolean() })),
})

const WAITS = ['stage', 'approval', 'cool-down', 'resume', 'device', 'being-seen', 'nothing'] as const

/** What a device of a roll-out waits for. */
const WaitSchema = z.object({ for: z.enum(WAITS), stage: z.int().nullable(), until: TimeSchema.nullable() })

/** A staged roll-out of a release; stages count from 0. */
export const RolloutSchema = z.object({
  id: z.int(),
  groupId: z.int(),
  releaseId: z.int(),
  ref: z.string(),
  label: z.string().nullable(),
  state: z.enum(ROLLOUT_STATES),
  reason: ReasonSchema.nullable(),
  stage: z.int(),
  stages: z.int(),
  needsApproval: z.boolean(),
  pauseAtShare: z.number(),
  coolDownMinutes: z.int(),
  allowDowngrade: z.boolean(),
  requestedBy: z.string(),
  workflowId: z.string().nullable(),
  createdAt: TimeSchema,
  finishedAt: TimeSchema.nullable(),
})
export type RolloutView = z.output<typeof RolloutSchema>

const RolloutDeviceSchema = z.object({
  iam: z.string(),
  stage: z.int(),
  upgradeId: z.int().nullable(),
  state: z.enum([...UPGRADE_STATES, 'none', 'skipped']),
  skipped: z.string().nullable(),
  waitsFor: WaitSchema,
})
export const RolloutDetailSchema = RolloutSchema.extend({ devices: z.array(RolloutDeviceSchema) })

/** What each device waits for, over all open roll-outs. */
export const CalendarSchema = z.object({
  items: z.array(RolloutDeviceSchema.extend({ rolloutId: z.int(), releaseId: z.int(), ref: z.string() })),
})

export const ReleasePage = pageOf(ReleaseSchema)
export const UpgradePage = pageOf(UpgradeSchema)
export const RolloutPage = pageOf(RolloutSchema)

export const FirmwareParams = z.object({ id: IdSchema })
export const ListReleasesQuery = z.strictObject({ ...pageQuery, state: z.enum(RELEASE_STATES).optional() })
export const ReleaseChangesQuery = z.strictObject({ from: IdSchema })
export const ListUpgradesQuery = z.strictObject({
  ...pageQuery,
  iam: IamSchema.optional(),
  state: z.enum(UPGRADE_STATES).optional(),
  rolloutId: IdSchema.optional(),
})
export const ListRolloutsQuery = z.strictObject(pageQuery)

export const RequestReleaseSchema = z.strictObject({
  /** A branch, a tag, or a commit id of 4 to 40 digits. */
  ref: z.string().trim().max(250).refine(isRefName, 'must name a branch, a tag or a commit'),
})
export const StartUpgradeSchema = z.strictObject({
  iam: IamSchema,
  releaseId: z.int().positive(),
  allowDowngrade: z.boolean().default(false),
})
export const CreateRolloutSchema = z.strictObject({
  groupId: z.int().positive().optional(),
  releaseId: z.int().positive(),
  label: LabelSchema.nullish().transform((label) => label ?? null),
  stages: z.array(z.array(IamSchema).min(1).max(MAX_DEVICES_IN_STAGE)).min(1).max(MAX_STAGES),
  needsApproval: z.boolean().default(true),
  pauseAtShare: z.number().gt(0).max(1).default(0.2),
  coolDownMinutes: z
    .int()
    .min(0)
    .max(60 * 24 * 90)
    .default(60),
  allowDowngrade: z.boolean().default(false),
})
