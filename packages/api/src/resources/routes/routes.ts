import {
  deleteRoute,
  findRoute,
  findSameRoute,
  insertRoute,
  listRoutes,
  lockGroup,
  recordAudit,
  updateRoute,
  type GroupScope,
  type RouteRow,
  type RouteValues,
  type Transaction,
} from '@paikea/database'
import { allow } from '../../auth/authenticate.ts'
import { requireRole } from '../../auth/principal.ts'
import { conflict, notFound } from '../../http/api-error.ts'
import type { ApiRouter } from '../../http/context.ts'
import { decodeCursor, toPage } from '../../http/cursor.ts'
import type { ResourceDeps } from '../../http/dependencies.ts'
import { created, handle, noContent, ok } from '../../http/handle.ts'
import { presentRoute } from './presenter.ts'
import { resolveRoute } from './resolve-route.ts'
import {
  ChangeRouteSchema,
  CreateRouteSchema,
  ListRoutesQuery,
  RoutePage,
  RouteParams,
  RouteSchema,
  type RouteInput,
} from './schema.ts'

/** What is passed on to whom: `/v1/routes`. */
export function routeRoutes(router: ApiRouter, { db, auth, limits }: ResourceDeps): void {
  router.get(
    '/v1/routes',
    limits.reads,
    auth.authenticate,
    allow('viewer'),
    handle({ summary: 'Routes, newest first', query: ListRoutesQuery, answer: RoutePage }, async ({ query, scope }) => {
      const { limit } = query
      const afterId = decodeCursor(query.cursor, 'by-id')?.id ?? null
      const rows = await listRoutes(db, { scope, limit: limit + 1, afterId })
      return ok(toPage(rows, limit, ({ id }) => ({ id }), presentRoute))
    }),
  )

  router.post(
    '/v1/routes',
    limits.writes,
    auth.authenticate,
    allow('operator'),
    handle(
      { summary: 'Make a route', body: CreateRouteSchema, answer: RouteSchema, status: 201 },
      async ({ body, principal }) => {
        const values = await resolveRoute(db, principal, body)
        const id = await db.write(async (tx) => {
          await refuseSame(values, null, tx)
          const made = await insertRoute(db, { values }, tx)
          const audit = { actor: principal.actor, action: 'route.created', subject: `route/${String(made)}` }
          await recordAudit(db, { ...audit, groupId: values.groupId, detail: body }, tx)
          return made
        })
        return created(presentRoute(await find({ all: true }, id)), `/v1/routes/${String(id)}`)
      },
    ),
  )

  router.get(
    '/v1/routes/:id',
    limits.reads,
    auth.authenticate,
    allow('viewer'),
    handle({ summary: 'A route', params: RouteParams, answer: RouteSchema }, async ({ params, scope }) =>
      ok(presentRoute(await find(scope, params.id))),
    ),
  )

  router.patch(
    '/v1/routes/:id',
    limits.writes,
    auth.authenticate,
    allow('operator'),
    handle(
      { summary: 'Change a route', params: RouteParams, body: ChangeRouteSchema, answer: RouteSchema },
      async ({ params, body, principal, scope }) => {
        const before = await find(scope, params.id)
        requireRole(principal, before.groupId, 'operator')
        const values = await change(before, body, (input) => resolveRoute(db, principal, input))
        await db.write(async (tx) => {
          await refuseSame(values, before.id, tx)
          await updateRoute(db, { id: before.id, values }, tx)
          const audit = { actor: principal.actor, action: 'route.changed', subject: `route/${String(before.id)}` }
          await recordAudit(db, { ...audit, groupId: values.groupId, detail: body }, tx)
        })
        return ok(presentRoute(await find(scope, before.id)))
      },
    ),
  )

  router.delete(
    '/v1/routes/:id',
    limits.writes,
    auth.authenticate,
    allow('operator'),
    handle({ summary: 'End a route', params: RouteParams, status: 204 }, async ({ params, principal, scope }) => {
      const route = await find(scope, params.id)
      requireRole(principal, route.groupId, 'operator')
      await db.write(async (tx) => {
        await deleteRoute(db, { id: route.id, now: new Date() }, tx)
        const audit = { actor: principal.actor, action: 'route.deleted', subject: `route/${String(route.id)}` }
        await recordAudit(db, { ...audit, groupId: route.groupId }, tx)
      })
      return noContent()
    }),
  )

  async function find(scope: GroupScope, id: number): Promise<RouteRow> {
    const route = await findRoute(db, { scope, id })
    if (route === null) throw notFound('route')
    return route
  }

  /** Under a lock, so that the same route made twice at once is made once: each message sent on costs money. */
  async function refuseSame(values: RouteValues, exceptId: number | null, tx: Transaction): Promise<void> {
    await lockGroup(db, { id: values.groupId }, tx)
    const same = await findSameRoute(db, { values, exceptId }, tx)
    if (same !== null) throw conflict('route-exists', `Route ${String(same)} already says the same.`, 'target')
  }
}

/** A change that touches neither end needs neither resolved again, and so works for a route whose device is gone. */
async function change(
  before: RouteRow,
  body: { [K in 'source' | 'messageType' | 'target' | 'enabled']?: RouteInput[K] | undefined },
  resolve: (input: RouteInput) => Promise<RouteValues>,
): Promise<RouteValues> {
  const { source, target, messageType = before.messageType, enabled = before.enabled } = body
  if (source === undefined && target === undefined) {
    const { groupId, sourceKind, sourceDeviceId, targetKind, targetModemId, targetSerial } = before
    return { groupId, sourceKind, sourceDeviceId, targetKind, targetModemId, targetSerial, messageType, enabled }
  }
  const input = CreateRouteSchema.parse({
    source: source ?? { kind: before.sourceKind, iam: before.sourceIam },
    target: target ?? toTarget(before),
    messageType,
    enabled,
    groupId: source === undefined ? before.groupId : undefined,
  })
  return await resolve(input)
}

function toTarget(row: RouteRow): unknown {
  return row.targetKind === 'modem'
    ? { kind: 'modem', imei: row.targetImei }
    : { kind: 'rockstar', serial: row.targetSerial }
}
