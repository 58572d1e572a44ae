import { findModem, listModems } from '@paikea/database'
import { claimModem, Refusal } from '@paikea/operations'
import { notFound } from '../../http/api-error.ts'
import { pageById } from '../../http/cursor.ts'
import { ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { presentModem } from './presenter.ts'
import { ClaimModemSchema, ListModemsQuery, ModemPage, ModemParams, ModemSchema } from './schema.ts'

const route = routeFor<Pick<Services, 'db' | 'failedLogIns'>>()

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
    run: async ({ query, scope, principal }, { db }) => {
      const claimed = query.claimed === undefined ? undefined : query.claimed === 'true'
      return ok(
        await pageById(
          query,
          (page) => listModems(db, { scope, claimed, ...page }),
          (row) => presentModem(row, principal),
        ),
      )
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
    run: async ({ params, scope, principal }, { db }) => {
      const row = await findModem(db, { scope, imei: params.imei })
      if (row === null) throw notFound('modem')
      return ok(presentModem(row, principal))
    },
  }),

  route({
    method: 'POST',
    path: '/v1/modems/:imei/claim',
    summary: 'Claim a modem',
    access: 'operator',
    limit: 'writes',
    params: ModemParams,
    body: ClaimModemSchema,
    answer: ModemSchema,
    problems: ['serial-differs', 'modem-of-another-group'],
    run: async ({ params, body, principal }, { db, failedLogIns }) => {
      // Limits guesses: a serial is a short number.
      const tries = body.serial === undefined ? [] : [`claim of ${params.imei}`, `claims by ${principal.account}`]
      for (const key of tries) await failedLogIns.check(key)
      try {
        return ok(presentModem(await claimModem({ db, caller: principal }, { ...params, ...body }), principal))
      } catch (error) {
        const isWrong = error instanceof Refusal && error.code === 'serial-differs'
        if (isWrong) for (const key of tries) await failedLogIns.count(key)
        throw error
      }
    },
  }),
] as const
