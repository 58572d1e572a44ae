import { findUser, listGroups, listUsers, type Database, type GroupScope, type UserWithRoles } from '@paikea/database'
import { changeUser, endSessionsOf, inviteUser, scopeOf } from '@paikea/operations'
import { z } from 'zod'
import { notFound } from '../../http/api-error.ts'
import { pageById } from '../../http/cursor.ts'
import { presentTime } from '../../http/fields.ts'
import { created, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import {
  AccountPage,
  AccountSchema,
  type AccountView,
  ChangeUserSchema,
  InviteUserSchema,
  ListUsersQuery,
  NewAccountSchema,
  UserParams,
} from './schema.ts'

const route = routeFor<Pick<Services, 'db'>>()

/** User accounts. */
export const userRoutes = [
  route({
    method: 'GET',
    path: '/v1/users',
    summary: 'Accounts with a role in your groups, newest first',
    access: 'admin',
    limit: 'reads',
    query: ListUsersQuery,
    answer: AccountPage,
    problems: ['invalid-cursor'],
    run: async ({ query, principal }, { db }) => {
      const scope = scopeOf(principal, 'admin')
      const nameOf = await groupNames(db)
      const load = async (page: { readonly limit: number; readonly afterId: number | null }) =>
        (await listUsers(db, { scope, ...page })).map((found) => ({ id: found.user.id, found }))
      return ok(await pageById(query, load, ({ found }) => present(found, nameOf)))
    },
  }),

  route({
    method: 'POST',
    path: '/v1/users',
    summary: 'Create an account; a generated password is shown only once',
    access: 'admin',
    limit: 'writes',
    body: InviteUserSchema,
    answer: NewAccountSchema,
    status: 201,
    problems: ['email-taken'],
    run: async ({ body, principal }, { db }) => {
      const { displayName, password, ...rest } = body
      const named = displayName === undefined ? {} : { displayName }
      const made = await inviteUser({ db, caller: principal }, { ...rest, ...named, password })
      const view = await load(db, { all: true }, made.id)
      return created({ ...view, password: made.password }, `/v1/users/${String(made.id)}`)
    },
  }),

  route({
    method: 'GET',
    path: '/v1/users/:id',
    summary: 'An account',
    access: 'admin',
    limit: 'reads',
    params: UserParams,
    answer: AccountSchema,
    run: async ({ params, principal }, { db }) => ok(await load(db, scopeOf(principal, 'admin'), params.id)),
  }),

  route({
    method: 'PATCH',
    path: '/v1/users/:id',
    summary: 'Change an account: roles, name, whether it may log in',
    access: 'admin',
    limit: 'writes',
    params: UserParams,
    body: ChangeUserSchema,
    answer: AccountSchema,
    problems: ['last-admin'],
    run: async ({ params, body, principal }, { db }) => {
      const seen = await load(db, scopeOf(principal, 'admin'), params.id)
      await changeUser({ db, caller: principal }, { id: params.id, change: body })
      // If the user's last role in the caller's groups ended, the account is no longer visible; the change was made all
      // the same.
      const after = await findUser(db, { scope: scopeOf(principal, 'admin'), id: params.id })
      return ok(after === null ? { ...seen, roles: [] } : present(after, await groupNames(db)))
    },
  }),

  route({
    method: 'DELETE',
    path: '/v1/users/:id/sessions',
    summary: 'Log a user out everywhere',
    access: 'system-admin',
    limit: 'writes',
    params: UserParams,
    answer: z.object({ ended: z.int() }),
    run: async ({ params, principal }, { db }) => ok({ ended: await endSessionsOf({ db, caller: principal }, params) }),
  }),
] as const

async function load(db: Database, scope: GroupScope, id: number): Promise<AccountView> {
  const found = await findUser(db, { scope, id })
  if (found === null) throw notFound('account')
  return present(found, await groupNames(db))
}

async function groupNames(db: Database): Promise<ReadonlyMap<number, string>> {
  return new Map((await listGroups(db, { scope: { all: true } })).map(({ id, name }) => [id, name]))
}

function present({ user, memberships }: UserWithRoles, nameOf: ReadonlyMap<number, string>): AccountView {
  const { id, email, displayName, isSystemAdmin, disabledAt, createdAt } = user
  const roles = memberships.map(({ groupId, role }) => ({ groupId, group: nameOf.get(groupId) ?? '', role }))
  return {
    id,
    email,
    displayName,
    isSystemAdmin,
    roles,
    disabledAt: presentTime(disabledAt),
    createdAt: presentTime(createdAt),
  }
}
