import { claimModem, findModem, listModems, recordAudit } from '@paikea/database'
import { allow } from '../../auth/authenticate.ts'
import { requireRole } from '../../auth/principal.ts'
import { notFound } from '../../http/api-error.ts'
import type { ApiRouter } from '../../http/context.ts'
import { decodeCursor, toPage } from '../../http/cursor.ts'
import type { ResourceDeps } from '../../http/dependencies.ts'
import { handle, ok } from '../../http/handle.ts'
import { presentModem } from './presenter.ts'
import { ClaimModemSchema, ListModemsQuery, ModemPage, ModemParams, ModemSchema } from './schema.ts'

/** Satellite modems: `/v1/modems`. */
export function modemRoutes(router: ApiRouter, { db, auth, limits }: ResourceDeps): void {
  router.get(
    '/v1/modems',
    limits.reads,
    auth.authenticate,
    allow('viewer'),
    handle({ summary: 'Modems, newest first', query: ListModemsQuery, answer: ModemPage }, async ({ query, scope }) => {
      const { limit } = query
      const claimed = query.claimed === undefined ? undefined : query.claimed === 'true'
      const afterId = decodeCursor(query.cursor, 'by-id')?.id ?? null
      const rows = await listModems(db, { scope, claimed, limit: limit + 1, afterId })
      return ok(toPage(rows, limit, ({ id }) => ({ id }), presentModem))
    }),
  )

  router.get(
    '/v1/modems/:imei',
    limits.reads,
    auth.authenticate,
    allow('viewer'),
    handle({ summary: 'A modem', params: ModemParams, answer: ModemSchema }, async ({ params, scope }) => {
      const row = await findModem(db, { scope, imei: params.imei })
      if (row === null) throw notFound('modem')
      return ok(presentModem(row))
    }),
  )

  router.post(
    '/v1/modems/:imei/claim',
    limits.writes,
    auth.authenticate,
    allow('operator'),
    handle(
      { summary: 'Say that a modem is ours', params: ModemParams, body: ClaimModemSchema, answer: ModemSchema },
      async ({ params, body, principal, scope }) => {
        const { imei } = params
        const before = await findModem(db, { scope, imei })
        // A modem that sits in no device belongs to no group: it is the system administrators' to claim.
        if (before === null && !principal.isSystemAdmin) throw notFound('modem')
        const groupId = before?.device?.groupId ?? null
        requireRole(principal, groupId, 'operator')
        await db.write(async (tx) => {
          await claimModem(db, { imei, ...body }, tx)
          const audit = { actor: principal.actor, action: 'modem.claimed', subject: `modem/${imei}` }
          await recordAudit(db, { ...audit, groupId, detail: body }, tx)
        })
        const row = await findModem(db, { scope, imei })
        if (row === null) throw notFound('modem')
        return ok(presentModem(row))
      },
    ),
  )
}
