import { isOneLine } from '@paikea/operations'
import { z } from 'zod'
import { IamSchema, IdSchema, MomentSchema, TimeSchema } from '../../http/fields.ts'

const words = (length: number) =>
  z.string().trim().min(1).max(length).refine(isOneLine, 'must be one line of text, without control characters')

/** A device's time at sea. */
export const DeploymentSchema = z.object({
  id: z.int(),
  from: TimeSchema,
  /** `null` while it is still at sea. */
  to: TimeSchema.nullable(),
  place: z.string().nullable(),
  purpose: z.string().nullable(),
})
export type DeploymentView = z.output<typeof DeploymentSchema>

export const DeploymentPage = z.object({ items: z.array(DeploymentSchema), nextCursor: z.null() })

export const CreateDeploymentSchema = z.strictObject({
  from: MomentSchema,
  to: MomentSchema.nullish(),
  place: words(100).nullish(),
  purpose: words(500).nullish(),
})

/** Omitted fields stay unchanged. */
export const ChangeDeploymentSchema = z.strictObject({
  from: MomentSchema.optional(),
  to: MomentSchema.nullish(),
  place: words(100).nullish(),
  purpose: words(500).nullish(),
})

export const DeploymentsParams = z.object({ iam: IamSchema })
export const DeploymentParams = z.object({ iam: IamSchema, id: IdSchema })
