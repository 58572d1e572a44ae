import { findLinkSession, type LinkSessionRow, listLinkChunks, listLinkSessions } from '@paikea/database'
import { makeLinkKey, removeLinkKey } from '@paikea/operations'
import { ApiError, notFound } from '../../http/api-error.ts'
import { decodeCursor, encodeCursor, pageById } from '../../http/cursor.ts'
import { presentTime } from '../../http/fields.ts'
import { created, noContent, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { needDevice } from '../devices/need-device.ts'
import {
  LinkEntrySchema,
  LinkKeySchema,
  LinkParams,
  LinkRecordSchema,
  LinkSessionPage,
  LinkSessionParams,
  type LinkSessionView,
  ListLinkSessionsQuery,
  ReadLinkSessionQuery,
} from './schema.ts'
import { z } from 'zod'

const route = routeFor<Pick<Services, 'db'>>()

/** Chunks read at a time; each is one frame of at most 32 KiB. */
const CHUNKS_AT_ONCE = 8

/** A device's live link: pages use a WebSocket; its records and its key are ordinary resources. */
export const liveLinkRoutes = [
  route({
    method: 'GET',
    path: '/v1/devices/:iam/live',
    summary: "The page side of the device's live link: a WebSocket (same-origin cookie or bearer token)",
    access: 'viewer',
    limit: 'reads',
    params: LinkParams,
    // The package's README describes the messages.
    answer: z.string(),
    status: 101,
    problems: ['upgrade-required'],
    run: async ({ params, scope }, { db }) => {
      await needDevice(db, scope, params.iam)
      throw new ApiError(426, 'upgrade-required', 'Open this URL as a WebSocket.', {
        headers: { Upgrade: 'websocket' },
      })
    },
  }),

  route({
    method: 'GET',
    path: '/v1/devices/:iam/live/sessions',
    summary: "Connections of the device's live link, newest first",
    access: 'viewer',
    limit: 'reads',
    params: LinkParams,
    query: ListLinkSessionsQuery,
    answer: LinkSessionPage,
    problems: ['invalid-cursor'],
    run: async ({ params, query, scope }, { db }) => {
      const { id: deviceId } = await needDevice(db, scope, params.iam)
      return ok(
        await pageById(
          query,
          ({ limit, afterId }) => listLinkSessions(db, { deviceId, limit, beforeId: afterId }),
          present,
        ),
      )
    },
  }),

  route({
    method: 'GET',
    path: '/v1/devices/:iam/live/sessions/:id',
    summary: 'The recording of a connection, in order; passwords are masked',
    access: 'viewer',
    limit: 'reads',
    params: LinkSessionParams,
    query: ReadLinkSessionQuery,
    answer: LinkRecordSchema,
    problems: ['invalid-cursor'],
    run: async ({ params, query, scope }, { db }) => {
      const { id: deviceId } = await needDevice(db, scope, params.iam)
      const session = await findLinkSession(db, { deviceId, id: params.id })
      if (session === null) throw notFound('session')
      const afterId = decodeCursor(query.cursor, 'by-id')?.id ?? 0
      const chunks = await listLinkChunks(db, { sessionId: session.id, afterId, limit: CHUNKS_AT_ONCE + 1 })
      const shown = chunks.slice(0, CHUNKS_AT_ONCE)
      const last = shown.at(-1)
      return ok({
        session: present(session),
        items: shown.flatMap(({ text }) => text.split('\n').map((line) => LinkEntrySchema.parse(JSON.parse(line)))),
        nextCursor: chunks.length > shown.length && last !== undefined ? encodeCursor({ id: last.id }) : null,
      })
    },
  }),

  route({
    method: 'POST',
    path: '/v1/devices/:iam/live/key',
    summary: 'Create the key that the device needs to open its link from now on; it is shown only once',
    access: 'operator',
    limit: 'writes',
    params: LinkParams,
    answer: LinkKeySchema,
    status: 201,
    run: async ({ params, principal }, { db }) => {
      const { key } = await makeLinkKey({ db, caller: principal }, params)
      return created({ key }, `/v1/devices/${params.iam}/live`)
    },
  }),

  route({
    method: 'DELETE',
    path: '/v1/devices/:iam/live/key',
    summary: 'Remove the key: the device may open its link without one',
    access: 'operator',
    limit: 'writes',
    params: LinkParams,
    status: 204,
    run: async ({ params, principal }, { db }) => {
      await removeLinkKey({ db, caller: principal }, params)
      return noContent()
    },
  }),
] as const

function present(row: LinkSessionRow): LinkSessionView {
  return {
    id: row.id,
    openedAt: presentTime(row.openedAt),
    closedAt: presentTime(row.closedAt),
    closeReason: row.closeReason,
    entries: row.entries,
    bytes: row.bytes,
    cut: row.isCut,
  }
}
