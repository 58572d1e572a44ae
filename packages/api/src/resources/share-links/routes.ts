import { findDeviceById, findShareLink, listShareLinks, type ShareLinkRow } from '@paikea/database'
import { hashSecret, shareDevice, unshareDevice } from '@paikea/operations'
import { z } from 'zod'
import { notFound } from '../../http/api-error.ts'
import { presentTime } from '../../http/fields.ts'
import { PLAIN_STYLE } from '../../http/plain-page.ts'
import { created, noContent, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { positionFrozenSince } from '../devices/frozen.ts'
import { healthOf } from '../devices/health.ts'
import { needDevice } from '../devices/need-device.ts'
import { SHARED_PAGE, SHARED_SCRIPT } from './page.ts'
import {
  CreateShareLinkSchema,
  DeviceParams,
  MadeShareLinkSchema,
  OpenShareSchema,
  SharedDeviceSchema,
  ShareLinkPage,
  ShareLinkParams,
} from './schema.ts'

const route = routeFor<Pick<Services, 'db' | 'publicUrl'>>()

/** Read-only links to one device, for people without an account. */
export const shareLinkRoutes = [
  route({
    method: 'GET',
    path: '/v1/devices/:iam/share-links',
    summary: 'Links that show a device to people without an account',
    access: 'operator',
    limit: 'reads',
    params: DeviceParams,
    answer: ShareLinkPage,
    run: async ({ params, scope }, { db }) => {
      const device = await needDevice(db, scope, params.iam)
      const rows = await listShareLinks(db, { deviceId: device.id, now: new Date() })
      return ok({ items: rows.map(present), nextCursor: null })
    },
  }),

  route({
    method: 'POST',
    path: '/v1/devices/:iam/share-links',
    summary: 'Create such a link, with an expiry date',
    access: 'operator',
    limit: 'writes',
    params: DeviceParams,
    body: CreateShareLinkSchema,
    answer: MadeShareLinkSchema,
    status: 201,
    problems: ['too-many-links'],
    run: async ({ params, body, principal }, { db, publicUrl }) => {
      const { until, label = null } = body
      const made = await shareDevice({ db, caller: principal }, { iam: params.iam, until, label })
      const path = `/shared#${made.token}`
      const url = publicUrl === null ? null : `${publicUrl}${path}`
      return created({ ...made, path, url, until: presentTime(until) }, `/v1/devices/${params.iam}/share-links`)
    },
  }),

  route({
    method: 'DELETE',
    path: '/v1/devices/:iam/share-links/:id',
    summary: 'Revoke such a link',
    access: 'operator',
    limit: 'writes',
    params: ShareLinkParams,
    status: 204,
    run: async ({ params, principal }, { db }) => {
      await unshareDevice({ db, caller: principal }, params)
      return noContent()
    },
  }),

  route({
    method: 'POST',
    path: '/v1/shared',
    summary: 'The device of a link: position, age, schedule',
    access: 'anyone',
    limit: 'log-ins',
    body: OpenShareSchema,
    answer: SharedDeviceSchema,
    problems: ['not-found'],
    run: async ({ body }, { db }) => {
      const now = new Date()
      const link = await findShareLink(db, { tokenHash: hashSecret(body.token), now })
      const device = link === null ? null : await findDeviceById(db, { id: link.deviceId })
      if (link === null || device === null) throw notFound('link')
      const { lastFixAt = null, latitude = null, longitude = null } = device.state ?? {}
      const { health, nextExpected } = healthOf(device, now)
      return ok({
        name: device.label ?? device.iam,
        until: presentTime(link.expiresAt),
        at: presentTime(now),
        lastFix:
          lastFixAt === null || latitude === null || longitude === null
            ? null
            : {
                at: presentTime(lastFixAt),
                ageSeconds: Math.max(0, Math.round((now.getTime() - lastFixAt.getTime()) / 1000)),
                latitude,
                longitude,
              },
        positionFrozenSince: presentTime(positionFrozenSince(device.state)),
        health,
        nextExpected: nextExpected === null ? null : { from: nextExpected.from, to: nextExpected.to },
      })
    },
  }),

  route({
    method: 'GET',
    path: '/shared',
    summary: 'The page of such a link',
    access: 'anyone',
    limit: 'reads',
    queue: 'own',
    answer: z.string(),
    answerType: 'text/html; charset=utf-8',
    run: async () => ok(SHARED_PAGE),
  }),

  route({
    method: 'GET',
    path: '/shared/page.js',
    summary: 'The script of that page',
    access: 'anyone',
    limit: 'reads',
    queue: 'own',
    answer: z.string(),
    answerType: 'text/javascript; charset=utf-8',
    run: async () => ok(SHARED_SCRIPT),
  }),

  route({
    method: 'GET',
    path: '/shared/page.css',
    summary: 'The style sheet of pages that need no account',
    access: 'anyone',
    limit: 'reads',
    queue: 'own',
    answer: z.string(),
    answerType: 'text/css; charset=utf-8',
    run: async () => ok(PLAIN_STYLE),
  }),
] as const

function present({ id, label, createdBy, createdAt, expiresAt }: ShareLinkRow) {
  return { id, label, createdBy, createdAt: presentTime(createdAt), until: presentTime(expiresAt) }
}
