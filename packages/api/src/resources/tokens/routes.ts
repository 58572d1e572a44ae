import { listApiTokens } from '@paikea/database'
import { createToken, revokeToken, scopeOf } from '@paikea/operations'
import { pageById } from '../../http/cursor.ts'
import { created, noContent, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { presentToken } from './presenter.ts'
import { CreateTokenSchema, ListTokensQuery, NewTokenSchema, TokenPage, TokenParams } from './schema.ts'

const route = routeFor<Pick<Services, 'db'>>()

/** API tokens. */
export const tokenRoutes = [
  route({
    method: 'GET',
    path: '/v1/tokens',
    summary: 'Valid tokens, newest first',
    access: 'admin',
    limit: 'reads',
    query: ListTokensQuery,
    answer: TokenPage,
    problems: ['invalid-cursor'],
    run: async ({ query, principal }, { db }) => {
      const scope = scopeOf(principal, 'admin')
      return ok(await pageById(query, (page) => listApiTokens(db, { scope, ...page }), presentToken))
    },
  }),

  route({
    method: 'POST',
    path: '/v1/tokens',
    summary: 'Create a token; its secret is shown only once',
    access: 'admin',
    limit: 'writes',
    body: CreateTokenSchema,
    answer: NewTokenSchema,
    status: 201,
    run: async ({ body, principal }, { db }) => {
      const { row, token } = await createToken({ db, caller: principal }, body)
      return created({ ...presentToken(row), token }, `/v1/tokens/${String(row.id)}`)
    },
  }),

  route({
    method: 'DELETE',
    path: '/v1/tokens/:id',
    summary: 'Revoke a token',
    access: 'admin',
    limit: 'writes',
    params: TokenParams,
    status: 204,
    run: async ({ params, principal }, { db }) => {
      await revokeToken({ db, caller: principal }, params)
      return noContent()
    },
  }),
] as const
