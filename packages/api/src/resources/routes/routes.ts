import { findRoute, listRoutes, type Database, type GroupScope, type RouteRow } from '@paikea/database'
import { backfillRoute, changeRoute, createRoute, deleteRoute } from '@paikea/operations'
import { notFound } from '../../http/api-error.ts'
import { pageById } from '../../http/cursor.ts'
import { created, noContent, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { presentRoute } from './presenter.ts'
import {
  BackfillSchema,
  BackfilledSchema,
  ChangeRouteSchema,
  CreateRouteSchema,
  ListRoutesQuery,
  RoutePage,
  RouteParams,
  RouteSchema,
} from './schema.ts'

const route = routeFor<Pick<Services, 'db' | 'dispatcher'>>()

/** Forwarding routes: which messages go where. */
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
    summary: 'Create a route',
    access: 'operator',
    limit: 'writes',
    body: CreateRouteSchema,
    answer: RouteSchema,
    status: 201,
    problems: ['route-exists'],
    run: async ({ body, principal }, { db }) => {
      const { id } = await createRoute({ db, caller: principal }, body)
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
      await changeRoute({ db, caller: principal }, { id: params.id, change: body })
      return ok(presentRoute(await find(db, scope, params.id)))
    },
  }),

  route({
    method: 'DELETE',
    path: '/v1/routes/:id',
    summary: 'Delete a route',
    access: 'operator',
    limit: 'writes',
    params: RouteParams,
    status: 204,
    run: async ({ params, principal }, { db }) => {
      await deleteRoute({ db, caller: principal }, params)
      return noContent()
    },
  }),

  route({
    method: 'POST',
    path: '/v1/routes/:id/backfill',
    summary: 'Backfill a route with past messages; without `confirm`, only returns the price',
    access: 'operator',
    limit: 'writes',
    params: RouteParams,
    body: BackfillSchema,
    answer: BackfilledSchema,
    problems: ['price-changed', 'route-off'],
    run: async ({ params, body, principal }, { db, dispatcher }) => {
      const done = await backfillRoute({ db, caller: principal }, { ...params, ...body })
      if (done.applied) dispatcher?.sweepSoon?.()
      return ok(done)
    },
  }),
] as const

async function find(db: Database, scope: GroupScope, id: number): Promise<RouteRow> {
  const found = await findRoute(db, { scope, id })
  if (found === null) throw notFound('route')
  return found
}
