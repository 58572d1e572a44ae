import { listApiTokens, recordAudit, revokeApiToken } from '@paikea/database'
import { createToken } from '../../accounts/accounts.ts'
import { allow } from '../../auth/authenticate.ts'
import { chooseGroup } from '../../auth/choose-group.ts'
import { scopeOf } from '../../auth/principal.ts'
import { forbidden, invalidField, notFound } from '../../http/api-error.ts'
import type { ApiRouter } from '../../http/context.ts'
import { decodeCursor, toPage } from '../../http/cursor.ts'
import type { ResourceDeps } from '../../http/dependencies.ts'
import { created, handle, noContent, ok } from '../../http/handle.ts'
import { presentToken } from './presenter.ts'
import { CreateTokenSchema, ListTokensQuery, NewTokenSchema, TokenPage, TokenParams } from './schema.ts'

/** Tokens of programs: `/v1/tokens`. */
export function tokenRoutes(router: ApiRouter, { db, auth, limits }: ResourceDeps): void {
  router.get(
    '/v1/tokens',
    limits.reads,
    auth.authenticate,
    allow('admin'),
    handle(
      { summary: 'Tokens in force, newest first', query: ListTokensQuery, answer: TokenPage },
      async ({ query, principal }) => {
        const { limit } = query
        const afterId = decodeCursor(query.cursor, 'by-id')?.id ?? null
        const rows = await listApiTokens(db, { scope: scopeOf(principal, 'admin'), limit: limit + 1, afterId })
        return ok(toPage(rows, limit, ({ id }) => ({ id }), presentToken))
      },
    ),
  )

  router.post(
    '/v1/tokens',
    limits.writes,
    auth.authenticate,
    allow('admin'),
    handle(
      {
        summary: 'Make a token; its secret is shown this once',
        body: CreateTokenSchema,
        answer: NewTokenSchema,
        status: 201,
      },
      async ({ body, principal }) => {
        const { name, role, isSystemAdmin, expiresAt = null } = body
        if (isSystemAdmin && !principal.isSystemAdmin)
          throw forbidden('Only a system administrator makes such a token.')
        if (isSystemAdmin && body.groupId !== undefined) {
          throw invalidField('groupId', 'not-with-system-admin', 'a token for all groups is in none')
        }
        const groupId = isSystemAdmin ? null : await chooseGroup(db, principal, 'admin', body.groupId)
        const { row, token } = await createToken(db, {
          name,
          role,
          isSystemAdmin,
          groupId,
          createdByUserId: principal.user?.id ?? null,
          expiresAt,
          actor: principal.actor,
        })
        return created({ ...presentToken(row), token }, `/v1/tokens/${String(row.id)}`)
      },
    ),
  )

  router.delete(
    '/v1/tokens/:id',
    limits.writes,
    auth.authenticate,
    allow('admin'),
    handle({ summary: 'Revoke a token', params: TokenParams, status: 204 }, async ({ params, principal }) => {
      await db.write(async (tx) => {
        const row = await revokeApiToken(db, { scope: scopeOf(principal, 'admin'), id: params.id, now: new Date() }, tx)
        if (row === null) throw notFound('token')
        const audit = { actor: principal.actor, action: 'token.revoked', subject: `token/${String(row.id)}` }
        await recordAudit(db, { ...audit, groupId: row.groupId }, tx)
      })
      return noContent()
    }),
  )
}
