import { ROLES } from '@paikea/domain'
import { z } from 'zod'
import { IdSchema, LabelSchema, pageOf, pageQuery, TimeSchema } from '../../http/fields.ts'

const RoleSchema = z.enum(ROLES)
const GroupIdSchema = z.int().positive()
const MAX_ROLES = 100

/** An account. A group's administrator sees roles in their own groups only. */
export const AccountSchema = z.object({
  id: z.int(),
  email: z.string(),
  displayName: z.string(),
  isSystemAdmin: z.boolean(),
  roles: z.array(z.object({ groupId: z.int(), group: z.string(), role: RoleSchema })),
  /** Since when it has been disabled; `null`: active. */
  disabledAt: TimeSchema.nullable(),
  createdAt: TimeSchema,
})
export type AccountView = z.output<typeof AccountSchema>

/** `password` is a generated first password, returned only once. */
export const NewAccountSchema = AccountSchema.extend({ password: z.string().nullable() })

export const UserParams = z.object({ id: IdSchema })
export const ListUsersQuery = z.strictObject(pageQuery)
export const AccountPage = pageOf(AccountSchema)

export const InviteUserSchema = z.strictObject({
  email: z.string().min(1).max(254),
  displayName: LabelSchema.optional(),
  /** If omitted, one is generated and returned. */
  password: z.string().min(1).max(1000).optional(),
  isSystemAdmin: z.boolean().default(false),
  /** A group by its number, or a new one by its name (system administrators only). */
  memberships: z
    .array(z.strictObject({ group: z.union([GroupIdSchema, LabelSchema]), role: RoleSchema }))
    .max(MAX_ROLES)
    .default([]),
})

export const ChangeUserSchema = z.strictObject({
  displayName: LabelSchema.optional(),
  isSystemAdmin: z.boolean().optional(),
  disabled: z.boolean().optional(),
  /** `null` ends the role in that group; groups not named stay unchanged. */
  roles: z
    .array(z.strictObject({ groupId: GroupIdSchema, role: RoleSchema.nullable() }))
    .max(MAX_ROLES)
    .optional(),
})
