import { claimModem, findModem, listModems, recordAudit } from '@paikea/database'
import { requireRole } from '../../auth/principal.ts'
import { notFound } from '../../http/api-error.ts'
import { pageById } from '../../http/cursor.ts'
import { ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { presentModem } from './presenter.ts'
import { ClaimModemSchema, ListModemsQuery, ModemPage, ModemParams, ModemSchema } from './schema.ts'

const route = routeFor<Pick<Services, 'db'>>()

/** Satellite modems. */
export const modemRoutes = [
  route({
    method: 'GET',
    path: '/v1/modems',
    summary: 'Modems, newest first',
    access: 'viewer',
    limit: 'reads',
    query: ListModemsQuery,
    answer: ModemPage,
    problems: ['invalid-cursor'],
    run: async ({ query, scope }, { db }) => {
      const claimed = query.claimed === undefined ? undefined : query.claimed === 'true'
      return ok(await pageById(query, (page) => listModems(db, { scope, claimed, ...page }), presentModem))
    },
  }),

  route({
    method: 'GET',
    path: '/v1/modems/:imei',
    summary: 'A modem',
    access: 'viewer',
    limit: 'reads',
    params: ModemParams,
    answer: ModemSchema,
    run: async ({ params, scope }, { db }) => {
      const row = await findModem(db, { scope, imei: params.imei })
      if (row === null) throw notFound('modem')
      return ok(presentModem(row))
    },
  }),

  route({
    method: 'POST',
    path: '/v1/modems/:imei/claim',
    summary: 'Say that a modem is ours',
    access: 'operator',
    limit: 'writes',
    params: ModemParams,
    body: ClaimModemSchema,
    answer: ModemSchema,
    run: async ({ params, body, principal, scope }, { db }) => {
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
  }),
] as const
