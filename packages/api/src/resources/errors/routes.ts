import {
  type Database,
  findDelivery,
  findDeviceNames,
  findInbound,
  findReportsOfMessages,
  listFaultyDeliveries,
  listQuarantined,
} from '@paikea/database'
import { planReplay } from '@paikea/intake'
import {
  dismissError,
  type ErrorSubject,
  noteReplay,
  resendDelivery,
  resumeDelivery,
  scopeOf,
} from '@paikea/operations'
import type { Principal } from '../../auth/principal.ts'
import { notFound } from '../../http/api-error.ts'
import { noContent, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { announceMany } from '../outbound/announce.ts'
import { decodePlace, type FoundError, mergeErrors } from './merge-errors.ts'
import { presentDeliveryError, presentMessageError } from './presenter.ts'
import { ErrorPage, ErrorParams, ListErrorsQuery, RepeatedErrorSchema } from './schema.ts'

const route = routeFor<Pick<Services, 'db' | 'dispatcher' | 'live' | 'log'>>()

/** Unresolved errors. */
export const errorRoutes = [
  route({
    method: 'GET',
    path: '/v1/errors',
    summary: 'Quarantined messages and failed deliveries, each with its reason and advice, newest first',
    access: 'viewer',
    limit: 'reads',
    query: ListErrorsQuery,
    answer: ErrorPage,
    problems: ['invalid-cursor'],
    run: async ({ query, scope }, { db }) => {
      const after = decodePlace(query.cursor)
      const limit = query.limit + 1
      const [messages, deliveries] = await Promise.all([
        listQuarantined(db, { scope, limit, afterId: after.message }),
        listFaultyDeliveries(db, { scope, limit, afterId: after.delivery }),
      ])
      const { rows, nextCursor } = mergeErrors({ messages, deliveries, limit: query.limit, after })
      const names = await namesOf(db, rows)
      return ok({
        items: rows.map((row) =>
          row.kind === 'message'
            ? presentMessageError(row.message, names(row.message.deviceId))
            : presentDeliveryError(row.delivery, names(row.delivery.sourceDeviceId)),
        ),
        nextCursor,
      })
    },
  }),

  route({
    method: 'POST',
    path: '/v1/errors/:id/replay',
    summary: "Try again: decode a message by today's rules, resume a parked delivery, resend any other",
    access: 'operator',
    limit: 'writes',
    params: ErrorParams,
    answer: RepeatedErrorSchema,
    problems: ['wrong-state', 'already-resent', 'endpoint-gone', 'validation-failed'],
    run: async ({ params, principal }, services) => {
      const subject = subjectOf(params.id)
      if (subject.kind === 'message') return ok(await replayMessage(services, principal, subject.id))
      const context = { db: services.db, caller: principal }
      const row = await findDelivery(services.db, { scope: scopeOf(principal), id: subject.id })
      const again = row?.state === 'parked' ? resumeDelivery : resendDelivery
      const { row: delivery } = await again(context, { id: subject.id })
      await announceMany(services, [delivery.id])
      return ok({ changes: [], outboundId: delivery.id })
    },
  }),

  route({
    method: 'POST',
    path: '/v1/errors/:id/dismiss',
    summary: 'Dismiss an error; its subject does not change',
    access: 'operator',
    limit: 'writes',
    params: ErrorParams,
    status: 204,
    problems: ['wrong-state'],
    run: async ({ params, principal }, { db }) => {
      await dismissError({ db, caller: principal }, subjectOf(params.id))
      return noContent()
    },
  }),
] as const

function subjectOf(id: string): ErrorSubject {
  const [prefix, number] = id.split('-')
  return { kind: prefix === 'in' ? 'message' : 'delivery', id: Number(number) }
}

async function replayMessage({ db, live }: Pick<Services, 'db' | 'live'>, principal: Principal, id: number) {
  const message = await findInbound(db, { scope: scopeOf(principal), id })
  if (message === null) throw notFound('message')
  const report = (await findReportsOfMessages(db, { messageIds: [id] })).get(id) ?? null
  const { changes, apply } = await planReplay(db, { message, report }, { isReleased: false })
  if (changes.length > 0) {
    await noteReplay({ db, caller: principal }, { id, isReleased: false, fields: changes.map(({ field }) => field) })
    await apply()
    live.look()
  }
  return { changes: [...changes], outboundId: null }
}

async function namesOf(db: Database, rows: readonly FoundError[]): Promise<(id: number | null) => string | null> {
  const deviceIds = rows.flatMap(
    (row) => (row.kind === 'message' ? row.message.deviceId : row.delivery.sourceDeviceId) ?? [],
  )
  const names = await findDeviceNames(db, { deviceIds })
  return (id) => (id === null ? null : (names.get(id)?.iam ?? null))
}
