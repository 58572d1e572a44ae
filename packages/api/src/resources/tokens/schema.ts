import { ROLES } from '@paikea/domain'
import { z } from 'zod'
import { IdSchema, LabelSchema, MomentSchema, pageOf, pageQuery, TimeSchema } from '../../http/fields.ts'

const RoleSchema = z.enum(ROLES)

/** An API token, without its secret. */
export const TokenSchema = z.object({
  id: z.int(),
  name: z.string(),
  role: RoleSchema,
  /** `null`: all groups. */
  groupId: z.int().nullable(),
  isSystemAdmin: z.boolean(),
  createdAt: TimeSchema,
  lastUsedAt: TimeSchema.nullable(),
  expiresAt: TimeSchema.nullable(),
})
export type TokenView = z.output<typeof TokenSchema>

/** Includes the secret, which is returned only on creation. */
export const NewTokenSchema = TokenSchema.extend({ token: z.string() })

export const TokenParams = z.object({ id: IdSchema })
export const ListTokensQuery = z.strictObject(pageQuery)
export const TokenPage = pageOf(TokenSchema)

export const CreateTokenSchema = z.strictObject({
  name: LabelSchema,
  role: RoleSchema.default('viewer'),
  groupId: z.int().positive().optional(),
  /** For all groups; only system administrators may create one. */
  isSystemAdmin: z.boolean().default(false),
  expiresAt: MomentSchema.optional(),
})
