import { listApiTokens, recordAudit, revokeApiToken } from '@paikea/database'
import { createToken } from '../../accounts/accounts.ts'
import { chooseGroup } from '../../auth/choose-group.ts'
import { scopeOf } from '../../auth/principal.ts'
import { forbidden, invalidField, notFound } from '../../http/api-error.ts'
import { pageById } from '../../http/cursor.ts'
import { created, noContent, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { presentToken } from './presenter.ts'
import { CreateTokenSchema, ListTokensQuery, NewTokenSchema, TokenPage, TokenParams } from './schema.ts'

const route = routeFor<Pick<Services, 'db'>>()

/** Tokens of programs. */
export const tokenRoutes = [
  route({
    method: 'GET',
    path: '/v1/tokens',
    summary: 'Tokens in force, newest first',
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
    summary: 'Make a token; its secret is shown this once',
    access: 'admin',
    limit: 'writes',
    body: CreateTokenSchema,
    answer: NewTokenSchema,
    status: 201,
    run: async ({ body, principal }, { db }) => {
      const { name, role, isSystemAdmin, expiresAt = null } = body
      if (isSystemAdmin && !principal.isSystemAdmin) throw forbidden('Only a system administrator makes such a token.')
      if (isSystemAdmin && body.groupId !== undefined) {
        throw invalidField('groupId', 'not-with-system-admin', 'a token for all groups is in none')
      }
      const groupId = isSystemAdmin ? null : await chooseGroup(db, principal, 'admin', body.groupId)
      const { row, token } = await createToken(db, {
        name,
        role,
        isSystemAdmin,
        groupId,
        createdByUserId: principal.ownerUserId,
        expiresAt,
        actor: principal.actor,
      })
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
      await db.write(async (tx) => {
        const row = await revokeApiToken(db, { scope: scopeOf(principal, 'admin'), id: params.id, now: new Date() }, tx)
        if (row === null) throw notFound('token')
        const audit = { actor: principal.actor, action: 'token.revoked', subject: `token/${String(row.id)}` }
        await recordAudit(db, { ...audit, groupId: row.groupId }, tx)
      })
      return noContent()
    },
  }),
] as const
