import {
  findDeviceNames,
  findHolds,
  findInbound,
  findReportsOfMessages,
  listAttempts,
  listCommandsDecidedBy,
  listDeliveries,
  listInbound,
  type Database,
  type InboundRow,
} from '@paikea/database'
import { planReplay } from '@paikea/intake'
import { acceptFix, noteReplay, replaySelection, scopeOf } from '@paikea/operations'
import type { Principal } from '../../auth/principal.ts'
import { notFound } from '../../http/api-error.ts'
import { decodeCursor, toPage } from '../../http/cursor.ts'
import { ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { findOtherRoutes } from './other-routes.ts'
import { presentInbound, presentInboundDetail } from './presenter.ts'
import {
  InboundDetailSchema,
  type InboundDetailView,
  InboundPage,
  ListInboundQuery,
  MessageParams,
  ReplayedSchema,
  ReplayedSelectionSchema,
  ReplaySchema,
  ReplaySelectionSchema,
} from './schema.ts'

/** Deliveries shown with a message; the list of outbound messages has them all. */
const MAX_DELIVERIES_SHOWN = 100
/** Latest attempts shown over all of these; a single delivery shows all its own. */
const MAX_ATTEMPTS_SHOWN = 1_000

const route = routeFor<Pick<Services, 'db' | 'live' | 'reader'>>()

/** Inbound messages. */
export const inboundRoutes = [
  route({
    method: 'GET',
    path: '/v1/messages/inbound',
    summary: 'Incoming messages, the last one stored first',
    access: 'viewer',
    limit: 'reads',
    query: ListInboundQuery,
    answer: InboundPage,
    problems: ['invalid-cursor'],
    run: async ({ query, scope, principal }, { db, reader }) => {
      const { limit, cursor, unrouted, ...rest } = query
      const filter = { ...rest, isUnrouted: unrouted === 'true' }
      const afterId = decodeCursor(cursor, 'by-id')?.id ?? null
      // The first page must show what has just arrived, so it is never read from a replica.
      const rows = await listInbound(afterId === null ? db : reader(), { scope, filter, limit: limit + 1, afterId })
      const nameOf = await findDeviceNames(db, { deviceIds: rows.flatMap(deviceIdsOf) })
      const iamOf = ({ deviceId }: InboundRow) => (deviceId === null ? null : (nameOf.get(deviceId)?.iam ?? null))
      return ok(
        toPage(
          rows,
          limit,
          ({ id }) => ({ id }),
          (row) => presentInbound(row, iamOf(row), principal),
        ),
      )
    },
  }),

  route({
    method: 'GET',
    path: '/v1/messages/inbound/:id',
    summary: 'An incoming message with all details',
    access: 'viewer',
    limit: 'reads',
    params: MessageParams,
    answer: InboundDetailSchema,
    run: async ({ params, principal }, { db }) => ok(await loadDetail(db, principal, params.id)),
  }),

  route({
    method: 'POST',
    path: '/v1/messages/inbound/:id/accept',
    summary: 'Accept a position that is too far from its neighbours',
    access: 'operator',
    limit: 'writes',
    params: MessageParams,
    answer: InboundDetailSchema,
    problems: ['wrong-state'],
    run: async ({ params: { id }, principal }, services) => {
      await acceptFix({ db: services.db, caller: principal }, { id })
      services.live.look()
      return ok(await loadDetail(services.db, principal, id))
    },
  }),

  route({
    method: 'POST',
    path: '/v1/messages/inbound/:id/replay',
    summary:
      "Decode a message again by today's rules; `dryRun` lists the changes, `release` also decodes a damaged one",
    access: 'operator',
    limit: 'writes',
    params: MessageParams,
    body: ReplaySchema,
    answer: ReplayedSchema,
    run: async ({ params: { id }, body, principal, scope }, services) => {
      const { db } = services
      const message = await findInbound(db, { scope, id })
      if (message === null) throw notFound('message')
      const isReleased = body.release === true
      const report = (await findReportsOfMessages(db, { messageIds: [id] })).get(id) ?? null
      const { changes, apply } = await planReplay(db, { message, report }, { isReleased })
      const applied = body.dryRun !== true && changes.length > 0
      if (applied) {
        const fields = changes.map(({ field }) => field)
        await noteReplay({ db, caller: principal }, { id, isReleased, fields })
        await apply()
        services.live.look()
      }
      return ok({ changes: [...changes], applied, message: await loadDetail(db, principal, id) })
    },
  }),

  route({
    method: 'POST',
    path: '/v1/messages/inbound/replay',
    summary: "Decode a selection of messages again by today's rules; lists the changes unless `dryRun` is false",
    access: 'operator',
    limit: 'writes',
    body: ReplaySelectionSchema,
    answer: ReplayedSelectionSchema,
    run: async ({ body, principal }, services) => {
      const { db } = services
      const { ids, dryRun, release, ...filter } = body
      const isFiltered = Object.values(filter).some((value) => value !== undefined)
      const selection = { ids, filter: isFiltered ? filter : undefined, isReleased: release, isDryRun: dryRun }
      const { read, changed, isCut } = await replaySelection({ db, caller: principal }, selection, (stored, options) =>
        planReplay(db, stored, options),
      )
      const applied = !dryRun && changed.length > 0
      if (applied) services.live.look()
      const items = changed.map(({ id, changes }) => ({ id, changes: [...changes] }))
      return ok({ read, items, applied, isCut })
    },
  }),
] as const

async function loadDetail(db: Database, viewer: Principal, id: number): Promise<InboundDetailView> {
  const scope = scopeOf(viewer)
  const row = await findInbound(db, { scope, id })
  if (row === null) throw notFound('message')
  const [names, reports, rows, decidedCommands] = await Promise.all([
    findDeviceNames(db, { deviceIds: deviceIdsOf(row) }),
    findReportsOfMessages(db, { messageIds: [id] }),
    listDeliveries(db, { scope, causeMessageId: id, limit: MAX_DELIVERIES_SHOWN, afterId: null }),
    listCommandsDecidedBy(db, { messageId: id, limit: MAX_DELIVERIES_SHOWN }),
  ])
  const attempts = await listAttempts(db, { outboundIds: rows.map((one) => one.id), limit: MAX_ATTEMPTS_SHOWN })
  const deliveries = rows.map((one) => ({ ...one, attempts: attempts.get(one.id) ?? [] }))
  const iam = row.deviceId === null ? null : (names.get(row.deviceId)?.iam ?? null)
  const report = reports.get(id) ?? null
  const holds = await findHolds(db, { rows: deliveries })
  const sent = deliveries.flatMap(({ routeId }) => routeId ?? [])
  const known = new Set([...sent, ...row.skippedRoutes.map(({ routeId }) => routeId)])
  const otherRoutes = await findOtherRoutes(db, { scope, message: row, iam, known })
  const context = { iam, report, deliveries, holds, decidedCommands, otherRoutes, now: new Date(), viewer }
  return presentInboundDetail(row, context)
}

function deviceIdsOf({ deviceId }: Pick<InboundRow, 'deviceId'>): number[] {
  return deviceId === null ? [] : [deviceId]
}
