import {
  findDelivery,
  findDeviceNames,
  findHolds,
  listDeliveries,
  type Database,
  type DeliveryRow,
} from '@paikea/database'
import {
  arriveDelivery,
  cancelDelivery,
  resendDelivery,
  resumeDeliveries,
  resumeDelivery,
  sendMessage,
  waiveAirtime,
  type FoundDelivery,
} from '@paikea/operations'
import { notFound } from '../../http/api-error.ts'
import { decodeCursor, toPage } from '../../http/cursor.ts'
import { created, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { WaiveSchema } from '../airtime/schema.ts'
import { MessageParams } from '../inbound/schema.ts'
import { announceMany, announceOutbound } from './announce.ts'
import { type OutboundContext, presentOutbound, presentOutboundDetail } from './presenter.ts'
import {
  ListOutboundQuery,
  OutboundDetailSchema,
  OutboundPage,
  ResumedManySchema,
  ResumeManySchema,
  SendMessageSchema,
} from './schema.ts'

type OutboundServices = Pick<Services, 'db' | 'dispatcher' | 'live' | 'log'>

const route = routeFor<OutboundServices>()

/** Messages to modems and other targets. */
export const outboundRoutes = [
  route({
    method: 'GET',
    path: '/v1/messages/outbound',
    summary: 'Outgoing messages, newest first',
    access: 'viewer',
    limit: 'reads',
    query: ListOutboundQuery,
    answer: OutboundPage,
    problems: ['invalid-cursor'],
    run: async ({ query, scope }, { db }) => {
      const { limit, cursor, ...filter } = query
      const afterId = decodeCursor(cursor, 'by-id')?.id ?? null
      const rows = await listDeliveries(db, { scope, ...filter, limit: limit + 1, afterId })
      const contextOf = await contextsOf(db, rows)
      return ok(
        toPage(
          rows,
          limit,
          ({ id }) => ({ id }),
          (row) => presentOutbound(row, contextOf(row)),
        ),
      )
    },
  }),

  route({
    method: 'GET',
    path: '/v1/messages/outbound/:id',
    summary: 'An outgoing message with its attempts',
    access: 'viewer',
    limit: 'reads',
    params: MessageParams,
    answer: OutboundDetailSchema,
    run: async ({ params, scope }, { db }) => {
      const row = await findDelivery(db, { scope, id: params.id })
      if (row === null) throw notFound('message')
      return ok(presentOutboundDetail(row, (await contextsOf(db, [row]))(row)))
    },
  }),

  route({
    method: 'POST',
    path: '/v1/messages/outbound',
    summary: 'Send to a modem',
    access: 'operator',
    limit: 'writes',
    body: SendMessageSchema,
    answer: OutboundDetailSchema,
    status: 201,
    run: async ({ body, principal }, services) => {
      const sent = await sendMessage({ db: services.db, caller: principal }, body)
      await announceOutbound(services, sent.row.id)
      return created(presentFound(sent), `/v1/messages/outbound/${String(sent.row.id)}`)
    },
  }),

  route({
    method: 'POST',
    path: '/v1/messages/outbound/resume',
    summary: 'Resume parked messages: some, those of a modem, those parked for a reason, or all',
    access: 'operator',
    limit: 'writes',
    body: ResumeManySchema,
    answer: ResumedManySchema,
    problems: ['not-found'],
    run: async ({ body, principal }, services) => {
      const { all: _all, ...selection } = body
      const { ids, accounts } = await resumeDeliveries({ db: services.db, caller: principal }, selection)
      await announceMany(services, ids)
      return ok({ resumed: ids.length, accounts })
    },
  }),

  route({
    method: 'POST',
    path: '/v1/messages/outbound/:id/resume',
    summary: 'Resume a parked message, and the account that it waits behind',
    access: 'operator',
    limit: 'writes',
    params: MessageParams,
    answer: OutboundDetailSchema,
    problems: ['wrong-state'],
    run: async ({ params, principal }, services) => {
      const found = await resumeDelivery({ db: services.db, caller: principal }, params)
      await announceMany(services, [found.row.id])
      return ok(presentFound(found))
    },
  }),

  route({
    method: 'POST',
    path: '/v1/messages/outbound/:id/waive',
    summary: 'Release a message that the airtime guard stopped; the reason is audited',
    access: 'operator',
    limit: 'writes',
    params: MessageParams,
    body: WaiveSchema,
    answer: OutboundDetailSchema,
    problems: ['wrong-state'],
    run: async ({ params, body, principal }, services) => {
      const found = await waiveAirtime({ db: services.db, caller: principal }, { ...params, ...body })
      await announceOutbound(services, found.row.id)
      return ok(presentFound(found))
    },
  }),

  route({
    method: 'POST',
    path: '/v1/messages/outbound/:id/cancel',
    summary: 'Cancel a message that has not been sent yet',
    access: 'operator',
    limit: 'writes',
    params: MessageParams,
    answer: OutboundDetailSchema,
    problems: ['wrong-state'],
    run: async ({ params, principal }, services) => {
      const found = await cancelDelivery({ db: services.db, caller: principal }, params)
      await announceOutbound(services, found.row.id)
      return ok(presentFound(found))
    },
  }),

  route({
    method: 'POST',
    path: '/v1/messages/outbound/:id/arrived',
    summary: 'Mark a message with an unknown outcome as arrived',
    access: 'operator',
    limit: 'writes',
    params: MessageParams,
    answer: OutboundDetailSchema,
    problems: ['wrong-state'],
    run: async ({ params, principal }, services) => {
      const found = await arriveDelivery({ db: services.db, caller: principal }, params)
      await announceOutbound(services, found.row.id)
      return ok(presentFound(found))
    },
  }),

  route({
    method: 'POST',
    path: '/v1/messages/outbound/:id/resend',
    summary: 'Send a finished message again: a new message with its own id, for the credits it shows',
    access: 'operator',
    limit: 'writes',
    params: MessageParams,
    answer: OutboundDetailSchema,
    status: 201,
    problems: ['wrong-state', 'already-resent', 'endpoint-gone', 'validation-failed'],
    run: async ({ params, principal }, services) => {
      const sent = await resendDelivery({ db: services.db, caller: principal }, params)
      await announceOutbound(services, sent.row.id)
      return created(presentFound(sent), `/v1/messages/outbound/${String(sent.row.id)}`)
    },
  }),
] as const

function presentFound({ row, sourceIam, hold }: FoundDelivery) {
  return presentOutboundDetail(row, { iam: sourceIam, hold })
}

async function contextsOf(db: Database, rows: readonly DeliveryRow[]): Promise<(row: DeliveryRow) => OutboundContext> {
  const deviceIds = rows.flatMap(({ sourceDeviceId }) => (sourceDeviceId === null ? [] : [sourceDeviceId]))
  const [names, holds] = await Promise.all([findDeviceNames(db, { deviceIds }), findHolds(db, { rows })])
  return ({ id, sourceDeviceId }) => ({
    iam: sourceDeviceId === null ? null : (names.get(sourceDeviceId)?.iam ?? null),
    hold: holds.get(id) ?? null,
  })
}
