import { findRecovery, type RecoveryRow } from '@paikea/database'
import { priceRecovery } from '@paikea/delivery'
import { beginRecovery, endRecovery, refuseField } from '@paikea/operations'
import { notFound } from '../../http/api-error.ts'
import { presentTime } from '../../http/fields.ts'
import { created, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { needDevice } from '../devices/need-device.ts'
import { announceMany } from '../outbound/announce.ts'
import {
  RecoveriesSchema,
  RecoveryParams,
  RecoveryPriceQuery,
  RecoveryPriceSchema,
  RecoveryRequestSchema,
  RecoverySchema,
} from './schema.ts'

const route = routeFor<Pick<Services, 'db' | 'dispatcher' | 'live' | 'log'>>()

/**
 * Recoveries: a buoy reports often while someone is on the way to it, then returns to its interval without a further
 * request.
 */
export const recoveryRoutes = [
  route({
    method: 'GET',
    path: '/v1/devices/:iam/recovery',
    summary: 'The last recovery of a buoy',
    access: 'viewer',
    limit: 'reads',
    params: RecoveryParams,
    answer: RecoverySchema,
    run: async ({ params, scope }, { db }) => {
      const device = await needDevice(db, scope, params.iam)
      const row = await findRecovery(db, { deviceId: device.id })
      if (row === null) throw notFound('recovery')
      return ok(present(row))
    },
  }),

  route({
    method: 'GET',
    path: '/v1/devices/:iam/recoveries',
    summary: 'The last recovery of a buoy as a list, empty where there never was one',
    access: 'viewer',
    limit: 'reads',
    params: RecoveryParams,
    answer: RecoveriesSchema,
    run: async ({ params, scope }, { db }) => {
      const device = await needDevice(db, scope, params.iam)
      const row = await findRecovery(db, { deviceId: device.id })
      return ok({ items: row === null ? [] : [present(row)], nextCursor: null })
    },
  }),

  route({
    method: 'GET',
    path: '/v1/devices/:iam/recovery/price',
    summary: 'The price of a recovery',
    access: 'viewer',
    limit: 'reads',
    params: RecoveryParams,
    query: RecoveryPriceQuery,
    answer: RecoveryPriceSchema,
    problems: ['validation-failed'],
    run: async ({ params, query, scope }, { db }) => {
      const price = await priceRecovery(db, { device: await needDevice(db, scope, params.iam), wish: query })
      if (!price.ok) throw refuseField(price.field, price.code, price.message)
      const { ok: _ok, ...view } = price
      return ok(view)
    },
  }),

  route({
    method: 'POST',
    path: '/v1/devices/:iam/recovery',
    summary: 'Make a buoy report often for some hours, then restore its interval',
    access: 'operator',
    limit: 'writes',
    params: RecoveryParams,
    body: RecoveryRequestSchema,
    answer: RecoverySchema,
    status: 201,
    run: async ({ params, body, principal }, services) => {
      const { recovery, outboundId } = await beginRecovery(
        { db: services.db, caller: principal },
        { ...params, wish: body },
      )
      await announceMany(services, outboundId === null ? [] : [outboundId])
      return created(present(recovery), `/v1/devices/${params.iam}/recovery`)
    },
  }),

  route({
    method: 'POST',
    path: '/v1/devices/:iam/recovery/end',
    summary: 'End a recovery early and restore the interval',
    access: 'operator',
    limit: 'writes',
    params: RecoveryParams,
    answer: RecoverySchema,
    problems: ['wrong-state'],
    run: async ({ params, principal }, services) => {
      const { recovery, outboundId } = await endRecovery({ db: services.db, caller: principal }, params)
      await announceMany(services, outboundId === null ? [] : [outboundId])
      return ok(present(recovery))
    },
  }),
] as const

function present(row: RecoveryRow) {
  const { minutes, backMinutes, stopBelowVolts, credits, state, reason, commandId, backCommandId, requestedBy } = row
  return {
    minutes,
    backMinutes,
    stopBelowVolts,
    credits,
    state,
    stateReason: reason,
    commandId,
    backCommandId,
    requestedBy,
    createdAt: presentTime(row.createdAt),
    endsAt: presentTime(row.endsAt),
    endedAt: presentTime(row.endedAt),
  }
}
