import { type DeploymentRow, listDeployments } from '@paikea/database'
import { changeDeployment, createDeployment, deleteDeployment } from '@paikea/operations'
import { presentTime } from '../../http/fields.ts'
import { created, noContent, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { needDevice } from '../devices/need-device.ts'
import {
  ChangeDeploymentSchema,
  CreateDeploymentSchema,
  DeploymentPage,
  DeploymentParams,
  DeploymentSchema,
  DeploymentsParams,
  type DeploymentView,
} from './schema.ts'

const route = routeFor<Pick<Services, 'db'>>()

/** A device's times at sea, which bound exports. */
export const deploymentRoutes = [
  route({
    method: 'GET',
    path: '/v1/devices/:iam/deployments',
    summary: 'Deployments of a device, earliest first',
    access: 'viewer',
    limit: 'reads',
    params: DeploymentsParams,
    answer: DeploymentPage,
    run: async ({ params, scope }, { db }) => {
      const device = await needDevice(db, scope, params.iam)
      const rows = await listDeployments(db, { deviceIds: [device.id] })
      return ok({ items: rows.map(present), nextCursor: null })
    },
  }),

  route({
    method: 'POST',
    path: '/v1/devices/:iam/deployments',
    summary: 'Add a deployment',
    access: 'technician',
    limit: 'writes',
    params: DeploymentsParams,
    body: CreateDeploymentSchema,
    answer: DeploymentSchema,
    status: 201,
    problems: ['deployments-overlap'],
    run: async ({ params, body, principal }, { db }) => {
      const { from, to = null, place = null, purpose = null } = body
      const values = { fromAt: from, toAt: to, place, purpose }
      const made = await createDeployment({ db, caller: principal }, { iam: params.iam, values })
      return created(present(made), `/v1/devices/${params.iam}/deployments`)
    },
  }),

  route({
    method: 'PATCH',
    path: '/v1/devices/:iam/deployments/:id',
    summary: 'Change a deployment',
    access: 'technician',
    limit: 'writes',
    params: DeploymentParams,
    body: ChangeDeploymentSchema,
    answer: DeploymentSchema,
    problems: ['deployments-overlap'],
    run: async ({ params, body, principal }, { db }) => {
      const { from, to, place, purpose } = body
      const change = { fromAt: from, toAt: to, place, purpose }
      return ok(present(await changeDeployment({ db, caller: principal }, { ...params, change })))
    },
  }),

  route({
    method: 'DELETE',
    path: '/v1/devices/:iam/deployments/:id',
    summary: 'Remove a deployment; its reports are kept',
    access: 'technician',
    limit: 'writes',
    params: DeploymentParams,
    status: 204,
    run: async ({ params, principal }, { db }) => {
      await deleteDeployment({ db, caller: principal }, params)
      return noContent()
    },
  }),
] as const

function present(row: DeploymentRow): DeploymentView {
  return {
    id: row.id,
    from: presentTime(row.fromAt),
    to: presentTime(row.toAt),
    place: row.place,
    purpose: row.purpose,
  }
}
