import {
  deleteRoute,
  ensureEndpoint,
  findRoute,
  findSameRoute,
  insertRoute,
  listRoutes,
  lockGroup,
  recordAudit,
  updateRoute,
  type Database,
  type GroupScope,
  type RouteRow,
  type RouteValues,
  type Transaction,
} from '@paikea/database'
import { findTarget } from '@paikea/delivery'
import { requireRole } from '../../auth/principal.ts'
import { conflict, notFound } from '../../http/api-error.ts'
import { pageById } from '../../http/cursor.ts'
import { created, noContent, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { presentRoute } from './presenter.ts'
import { resolveRoute, type ResolvedRoute } from './resolve-route.ts'
import {
  ChangeRouteSchema,
  CreateRouteSchema,
  ListRoutesQuery,
  RoutePage,
  RouteParams,
  RouteSchema,
  type RouteInput,
} from './schema.ts'

const route = routeFor<Pick<Services, 'db'>>()

/** What is passed on to whom. */
export const routeRoutes = [
  route({
    method: 'GET',
    path: '/v1/routes',
    summary: 'Routes, newest first',
    access: 'viewer',
    limit: 'reads',
    query: ListRoutesQuery,
    answer: RoutePage,
    problems: ['invalid-cursor'],
    run: async ({ query, scope }, { db }) =>
      ok(await pageById(query, (page) => listRoutes(db, { scope, ...page }), presentRoute)),
  }),

  route({
    method: 'POST',
    path: '/v1/routes',
    summary: 'Make a route',
    access: 'operator',
    limit: 'writes',
    body: CreateRouteSchema,
    answer: RouteSchema,
    status: 201,
    problems: ['route-exists'],
    run: async ({ body, principal }, { db }) => {
      const resolved = await resolveRoute(db, principal, body)
      const id = await db.write(async (tx) => {
        const values = await settle(db, resolved, tx)
        await refuseSame(db, values, null, tx)
        const made = await insertRoute(db, { values }, tx)
        const audit = { actor: principal.actor, action: 'route.created', subject: `route/${String(made)}` }
        await recordAudit(db, { ...audit, groupId: values.groupId, detail: body }, tx)
        return made
      })
      return created(presentRoute(await find(db, { all: true }, id)), `/v1/routes/${String(id)}`)
    },
  }),

  route({
    method: 'GET',
    path: '/v1/routes/:id',
    summary: 'A route',
    access: 'viewer',
    limit: 'reads',
    params: RouteParams,
    answer: RouteSchema,
    run: async ({ params, scope }, { db }) => ok(presentRoute(await find(db, scope, params.id))),
  }),

  route({
    method: 'PATCH',
    path: '/v1/routes/:id',
    summary: 'Change a route',
    access: 'operator',
    limit: 'writes',
    params: RouteParams,
    body: ChangeRouteSchema,
    answer: RouteSchema,
    problems: ['route-exists'],
    run: async ({ params, body, principal, scope }, { db }) => {
      const before = await find(db, scope, params.id)
      requireRole(principal, before.groupId, 'operator')
      const resolved = await change(before, body, (input) => resolveRoute(db, principal, input))
      await db.write(async (tx) => {
        const values = await settle(db, resolved, tx)
        await refuseSame(db, values, before.id, tx)
        await updateRoute(db, { id: before.id, values }, tx)
        const audit = { actor: principal.actor, action: 'route.changed', subject: `route/${String(before.id)}` }
        await recordAudit(db, { ...audit, groupId: values.groupId, detail: body }, tx)
      })
      return ok(presentRoute(await find(db, scope, before.id)))
    },
  }),

  route({
    method: 'DELETE',
    path: '/v1/routes/:id',
    summary: 'End a route',
    access: 'operator',
    limit: 'writes',
    params: RouteParams,
    status: 204,
    run: async ({ params, principal, scope }, { db }) => {
      const found = await find(db, scope, params.id)
      requireRole(principal, found.groupId, 'operator')
      await db.write(async (tx) => {
        await deleteRoute(db, { id: found.id, now: new Date() }, tx)
        const audit = { actor: principal.actor, action: 'route.deleted', subject: `route/${String(found.id)}` }
        await recordAudit(db, { ...audit, groupId: found.groupId }, tx)
      })
      return noContent()
    },
  }),
] as const

async function find(db: Database, scope: GroupScope, id: number): Promise<RouteRow> {
  const found = await findRoute(db, { scope, id })
  if (found === null) throw notFound('route')
  return found
}

/** Under a lock, so that the same route made twice at once is made once: each message sent on costs money. */
async function refuseSame(db: Database, values: RouteValues, exceptId: number | null, tx: Transaction): Promise<void> {
  await lockGroup(db, { id: values.groupId }, tx)
  const same = await findSameRoute(db, { values, exceptId }, tx)
  if (same !== null) throw conflict('route-exists', `Route ${String(same)} already says the same.`, 'target')
}

/** A change that touches neither end needs neither resolved again, and so works for a route whose device is gone. */
async function change(
  before: RouteRow,
  body: { [K in 'source' | 'messageType' | 'target' | 'enabled']?: RouteInput[K] | undefined },
  resolve: (input: RouteInput) => Promise<ResolvedRoute>,
): Promise<ResolvedRoute> {
  const { source, target, messageType = before.messageType, enabled = before.enabled } = body
  if (source === undefined && target === undefined) {
    const { groupId, sourceKind, sourceDeviceId, targetKind, endpoint } = before
    return { values: { groupId, sourceKind, sourceDeviceId, targetKind, messageType, enabled }, endpoint }
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

/** As the caller might have written it: what names its address well enough goes by that, whichever group it is in. */
function toTarget({ endpoint }: RouteRow): unknown {
  const isNamed = findTarget(endpoint.kind)?.addressee !== undefined
  const config = typeof endpoint.config === 'object' ? endpoint.config : {}
  return isNamed ? { ...config, kind: endpoint.kind } : { endpointId: endpoint.id }
}

/** The route's row, with an endpoint that is made where the group has none for the address. */
async function settle(db: Database, { values, endpoint }: ResolvedRoute, tx: Transaction): Promise<RouteValues> {
  const endpointId = 'id' in endpoint ? endpoint.id : await ensureEndpoint(db, { values: endpoint }, tx)
  return { ...values, endpointId }
}
