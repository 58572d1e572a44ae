import {
  findDeviceNames,
  findInbound,
  findReportsOfMessages,
  listDeliveries,
  listInbound,
  type InboundRow,
} from '@paikea/database'
import { allow } from '../../auth/authenticate.ts'
import { notFound } from '../../http/api-error.ts'
import type { ApiRouter } from '../../http/context.ts'
import { decodeCursor, toPage } from '../../http/cursor.ts'
import type { ResourceDeps } from '../../http/dependencies.ts'
import { handle, ok } from '../../http/handle.ts'
import { presentInbound, presentInboundDetail } from './presenter.ts'
import { InboundDetailSchema, InboundPage, ListInboundQuery, MessageParams } from './schema.ts'

/** So many deliveries are shown with a message; the list of messages out has them all. */
const MAX_DELIVERIES_SHOWN = 100

/** Messages of the modems: `/v1/messages/inbound`. */
export function inboundRoutes(router: ApiRouter, { db, auth, limits }: ResourceDeps): void {
  router.get(
    '/v1/messages/inbound',
    limits.reads,
    auth.authenticate,
    allow('viewer'),
    handle(
      { summary: 'Messages in, the last one stored first', query: ListInboundQuery, answer: InboundPage },
      async ({ query, scope }) => {
        const { limit, cursor, ...filter } = query
        const afterId = decodeCursor(cursor, 'by-id')?.id ?? null
        const rows = await listInbound(db, { scope, filter, limit: limit + 1, afterId })
        const nameOf = await findDeviceNames(db, { deviceIds: rows.flatMap(deviceIdsOf) })
        const iamOf = ({ deviceId }: InboundRow) => (deviceId === null ? null : (nameOf.get(deviceId)?.iam ?? null))
        return ok(
          toPage(
            rows,
            limit,
            ({ id }) => ({ id }),
            (row) => presentInbound(row, iamOf(row)),
          ),
        )
      },
    ),
  )

  router.get(
    '/v1/messages/inbound/:id',
    limits.reads,
    auth.authenticate,
    allow('viewer'),
    handle(
      { summary: 'A message with everything known of it', params: MessageParams, answer: InboundDetailSchema },
      async ({ params, scope }) => {
        const { id } = params
        const row = await findInbound(db, { scope, id })
        if (row === null) throw notFound('message')
        const [names, reports, deliveries] = await Promise.all([
          findDeviceNames(db, { deviceIds: deviceIdsOf(row) }),
          findReportsOfMessages(db, { messageIds: [id] }),
          listDeliveries(db, { scope, causeMessageId: id, limit: MAX_DELIVERIES_SHOWN, afterId: null }),
        ])
        const iam = row.deviceId === null ? null : (names.get(row.deviceId)?.iam ?? null)
        return ok(presentInboundDetail(row, { iam, report: reports.get(id) ?? null, deliveries }))
      },
    ),
  )
}

function deviceIdsOf({ deviceId }: Pick<InboundRow, 'deviceId'>): number[] {
  return deviceId === null ? [] : [deviceId]
}
