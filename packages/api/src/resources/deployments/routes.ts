import {
  deleteDeployment,
  type Database,
  type DeploymentRow,
  type DeploymentValues,
  type DeviceRow,
  findDevice,
  type GroupScope,
  insertDeployment,
  listDeployments,
  recordAudit,
  updateDeployment,
} from '@paikea/database'
import { requireRole } from '../../auth/principal.ts'
import { conflict, invalidField, notFound } from '../../http/api-error.ts'
import { presentTime } from '../../http/fields.ts'
import { created, noContent, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
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

/** A device's times at sea: exports are bounded by them. */
export const deploymentRoutes = [
  route({
    method: 'GET',
    path: '/v1/devices/:iam/deployments',
    summary: 'Deployments of a device, the earliest first',
    access: 'viewer',
    limit: 'reads',
    params: DeploymentsParams,
    answer: DeploymentPage,
    run: async ({ params, scope }, { db }) => {
      const device = await deviceOf(db, scope, params.iam)
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
    run: async ({ params, body, principal, scope }, { db }) => {
      const device = await deviceOf(db, scope, params.iam)
      requireRole(principal, device.group.id, 'technician')
      const values = {
        fromAt: body.from,
        toAt: body.to ?? null,
        place: body.place ?? null,
        purpose: body.purpose ?? null,
      }
      const id = await db.write(async (tx) => {
        refuse(values, await listDeployments(db, { deviceIds: [device.id] }, tx), null)
        const made = await insertDeployment(db, { deviceId: device.id, values }, tx)
        const subject = `device/${device.iam}/deployment/${String(made)}`
        const audit = { actor: principal.actor, action: 'deployment.created', subject, groupId: device.group.id }
        await recordAudit(db, { ...audit, detail: body }, tx)
        return made
      })
      return created(present({ id, deviceId: device.id, ...values }), `/v1/devices/${device.iam}/deployments`)
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
    run: async ({ params, body, principal, scope }, { db }) => {
      const device = await deviceOf(db, scope, params.iam)
      requireRole(principal, device.group.id, 'technician')
      const changed = await db.write(async (tx) => {
        const all = await listDeployments(db, { deviceIds: [device.id] }, tx)
        const before = all.find(({ id }) => id === params.id)
        if (before === undefined) throw notFound('deployment')
        const values = {
          fromAt: body.from ?? before.fromAt,
          toAt: body.to === undefined ? before.toAt : body.to,
          place: body.place === undefined ? before.place : body.place,
          purpose: body.purpose === undefined ? before.purpose : body.purpose,
        }
        refuse(values, all, before.id)
        await updateDeployment(db, { id: before.id, values }, tx)
        const subject = `device/${device.iam}/deployment/${String(before.id)}`
        const audit = { actor: principal.actor, action: 'deployment.changed', subject, groupId: device.group.id }
        await recordAudit(db, { ...audit, detail: { before: present(before), change: body } }, tx)
        return { ...before, ...values }
      })
      return ok(present(changed))
    },
  }),

  route({
    method: 'DELETE',
    path: '/v1/devices/:iam/deployments/:id',
    summary: 'Remove a deployment; the reports of that time stay',
    access: 'technician',
    limit: 'writes',
    params: DeploymentParams,
    status: 204,
    run: async ({ params, principal, scope }, { db }) => {
      const device = await deviceOf(db, scope, params.iam)
      requireRole(principal, device.group.id, 'technician')
      await db.write(async (tx) => {
        const all = await listDeployments(db, { deviceIds: [device.id] }, tx)
        const before = all.find(({ id }) => id === params.id)
        if (before === undefined) throw notFound('deployment')
        await deleteDeployment(db, { id: before.id }, tx)
        const subject = `device/${device.iam}/deployment/${String(before.id)}`
        const audit = { actor: principal.actor, action: 'deployment.deleted', subject, groupId: device.group.id }
        await recordAudit(db, { ...audit, detail: present(before) }, tx)
      })
      return noContent()
    },
  }),
] as const

async function deviceOf(db: Database, scope: GroupScope, iam: string): Promise<DeviceRow> {
  const device = await findDevice(db, { scope, iam })
  if (device === null) throw notFound('device')
  return device
}

/** A device is at sea once at a time, and comes back after it left. */
function refuse(values: DeploymentValues, others: readonly DeploymentRow[], exceptId: number | null): void {
  const { fromAt, toAt } = values
  if (toAt !== null && toAt <= fromAt) {
    throw invalidField('to', 'not-after-from', 'must be later than "from"')
  }
  const twin = others.find((other) => {
    const startsBeforeEnd = toAt === null || other.fromAt < toAt
    const endsAfterStart = other.toAt === null || other.toAt > fromAt
    return other.id !== exceptId && startsBeforeEnd && endsAfterStart
  })
  if (twin !== undefined) {
    const detail = `The device is at sea already from ${twin.fromAt.toISOString()} to ${twin.toAt?.toISOString() ?? 'now'}.`
    throw conflict('deployments-overlap', detail, 'from')
  }
}

function present(row: DeploymentRow): DeploymentView {
  return {
    id: row.id,
    from: presentTime(row.fromAt),
    to: presentTime(row.toAt),
    place: row.place,
    purpose: row.purpose,
  }
}
