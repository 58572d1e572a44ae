import { findEndpoint, listEndpoints, type Database, type EndpointRow, type GroupScope } from '@paikea/database'
import { sendContext } from '@paikea/delivery'
import {
  changeEndpoint,
  createEndpoint,
  deleteEndpoint,
  pauseEndpoint,
  previewEndpoint,
  resumeEndpoint,
  rotateSecret,
  testEndpoint,
} from '@paikea/operations'
import { notFound } from '../../http/api-error.ts'
import { pageById } from '../../http/cursor.ts'
import { created, noContent, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { presentEndpoint } from './presenter.ts'
import * as schema from './schema.ts'

const route = routeFor<Pick<Services, 'db' | 'sending' | 'dispatcher'>>()

/** Destinations of deliveries. */
export const endpointRoutes = [
  route({
    method: 'GET',
    path: '/v1/endpoints',
    summary: 'Endpoints, newest first',
    access: 'viewer',
    limit: 'reads',
    query: schema.ListEndpointsQuery,
    answer: schema.EndpointPage,
    problems: ['invalid-cursor'],
    run: async ({ query, scope }, { db }) =>
      ok(await pageById(query, (page) => listEndpoints(db, { scope, ...page }), presentEndpoint)),
  }),

  route({
    method: 'POST',
    path: '/v1/endpoints',
    summary: 'Create an endpoint; its signing secret is shown only once',
    access: 'operator',
    limit: 'writes',
    body: schema.CreateEndpointSchema,
    answer: schema.CreatedEndpointSchema,
    status: 201,
    problems: ['endpoint-exists'],
    run: async ({ body, principal }, { db, sending }) => {
      // Each kind's schema adds its address fields to these.
      const { kind, label, groupId, format, secret: given, ...address } = body as EndpointBody
      const input = { kind, label, groupId, format, secret: given, address }
      const { id, secret } = await createEndpoint({ db, caller: principal }, input, sendContext(sending))
      const view = presentEndpoint(await find(db, { all: true }, id))
      return created({ ...view, secret }, `/v1/endpoints/${String(id)}`)
    },
  }),

  route({
    method: 'GET',
    path: '/v1/endpoints/:id',
    summary: 'An endpoint',
    access: 'viewer',
    limit: 'reads',
    params: schema.EndpointParams,
    answer: schema.EndpointSchema,
    run: async ({ params, scope }, { db }) => ok(presentEndpoint(await find(db, scope, params.id))),
  }),

  route({
    method: 'PATCH',
    path: '/v1/endpoints/:id',
    summary: 'Change an endpoint; waiting deliveries go to the new address',
    access: 'operator',
    limit: 'writes',
    params: schema.EndpointParams,
    body: schema.ChangeEndpointSchema,
    answer: schema.EndpointSchema,
    problems: ['endpoint-exists'],
    run: async ({ params, body, principal, scope }, { db, sending }) => {
      const { label, format, ...address } = body
      const change = { label, format, address }
      await changeEndpoint({ db, caller: principal }, { id: params.id, change }, sendContext(sending))
      return ok(presentEndpoint(await find(db, scope, params.id)))
    },
  }),

  route({
    method: 'DELETE',
    path: '/v1/endpoints/:id',
    summary: 'Delete an endpoint and its routes; cancels waiting deliveries',
    access: 'operator',
    limit: 'writes',
    params: schema.EndpointParams,
    status: 204,
    run: async ({ params, principal }, { db }) => {
      await deleteEndpoint({ db, caller: principal }, params)
      return noContent()
    },
  }),

  route({
    method: 'POST',
    path: '/v1/endpoints/:id/test',
    summary: 'Send a marked test message',
    access: 'operator',
    limit: 'writes',
    params: schema.EndpointParams,
    answer: schema.TestOutcomeSchema,
    problems: ['no-test'],
    run: async ({ params, principal }, { db, sending }) =>
      ok(await testEndpoint({ db, caller: principal }, params, sending)),
  }),

  route({
    method: 'POST',
    path: '/v1/endpoints/:id/pause',
    summary: 'Pause an endpoint; its deliveries wait',
    access: 'operator',
    limit: 'writes',
    params: schema.EndpointParams,
    body: schema.PauseSchema,
    answer: schema.EndpointSchema,
    run: async ({ params, body, principal, scope }, { db }) => {
      await pauseEndpoint({ db, caller: principal }, { ...params, ...body })
      return ok(presentEndpoint(await find(db, scope, params.id)))
    },
  }),

  route({
    method: 'POST',
    path: '/v1/endpoints/:id/resume',
    summary: 'Resume an endpoint; deliveries continue in order',
    access: 'operator',
    limit: 'writes',
    params: schema.EndpointParams,
    answer: schema.EndpointSchema,
    problems: ['wrong-state'],
    run: async ({ params, principal, scope }, { db, dispatcher }) => {
      await resumeEndpoint({ db, caller: principal }, params)
      dispatcher?.sweepSoon?.()
      return ok(presentEndpoint(await find(db, scope, params.id)))
    },
  }),

  route({
    method: 'POST',
    path: '/v1/endpoints/:id/rotate-secret',
    summary: 'Add a new secret next to the old one, or end the old one',
    access: 'operator',
    limit: 'writes',
    params: schema.EndpointParams,
    body: schema.RotateSecretSchema,
    answer: schema.RotatedSecretSchema,
    problems: ['no-secret', 'two-secrets'],
    run: async ({ params, body, principal }, { db }) =>
      ok(await rotateSecret({ db, caller: principal }, { ...params, ...body })),
  }),

  route({
    method: 'GET',
    path: '/v1/endpoints/:id/preview',
    summary: 'The exact body it would receive for a message',
    access: 'viewer',
    limit: 'reads',
    params: schema.EndpointParams,
    query: schema.PreviewQuery,
    answer: schema.PreviewSchema,
    problems: ['validation-failed'],
    run: async ({ params, query, principal }, { db }) =>
      ok(await previewEndpoint({ db, caller: principal }, { ...params, ...query })),
  }),
] as const

/** What the schemas of all kinds share; the rest is the address. */
interface EndpointBody {
  readonly kind: string
  readonly label?: string | undefined
  readonly groupId?: number | undefined
  readonly format?: string | undefined
  readonly secret?: string | undefined
  readonly [field: string]: unknown
}

async function find(db: Database, scope: GroupScope, id: number): Promise<EndpointRow> {
  const found = await findEndpoint(db, { scope, id })
  if (found === null) throw notFound('endpoint')
  return found
}
