import {
  attachModem,
  deleteDevice,
  detachModem,
  findDevice,
  insertDevice,
  isUniqueConflict,
  listDevices,
  recordAudit,
  updateDevice,
  type Database,
  type DeviceRow,
  type GroupScope,
  type Transaction,
} from '@paikea/database'
import { chooseGroup } from '../../auth/choose-group.ts'
import { requireRole, scopeOf, type Principal } from '../../auth/principal.ts'
import { ApiError, conflict, notFound } from '../../http/api-error.ts'
import { pageById } from '../../http/cursor.ts'
import { created, noContent, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { presentDevice } from './presenter.ts'
import {
  AttachModemSchema,
  ChangeDeviceSchema,
  CreateDeviceSchema,
  DevicePage,
  DetachModemSchema,
  DeviceParams,
  DeviceSchema,
  ListDevicesQuery,
} from './schema.ts'

const route = routeFor<Pick<Services, 'db'>>()

/** Buoys, handsets and RockSTARs. */
export const deviceRoutes = [
  route({
    method: 'GET',
    path: '/v1/devices',
    summary: 'Devices, newest first',
    access: 'viewer',
    limit: 'reads',
    query: ListDevicesQuery,
    answer: DevicePage,
    problems: ['invalid-cursor'],
    run: async ({ query, scope }, { db }) => {
      const { kind } = query
      const now = new Date()
      return ok(
        await pageById(
          query,
          (page) => listDevices(db, { scope, kind, ...page }),
          (row) => presentDevice(row, now),
        ),
      )
    },
  }),

  route({
    method: 'POST',
    path: '/v1/devices',
    summary: 'Make a device',
    access: 'operator',
    limit: 'writes',
    body: CreateDeviceSchema,
    answer: DeviceSchema,
    status: 201,
    problems: ['iam-taken', 'modem-not-claimed', 'modem-in-use', 'modem-of-another-group'],
    run: async ({ body, principal }, { db }) => {
      const { kind, label, iam, imei, generation } = body
      const groupId = await chooseGroup(db, principal, 'operator', body.groupId)
      const made = await db
        .write(async (tx) => {
          const device = await insertDevice(db, { kind, groupId, iam, label, generation }, tx)
          if (imei !== undefined) await attach(db, principal, { deviceId: device.id, imei }, tx)
          const subject = `device/${device.iam}`
          await recordAudit(
            db,
            { actor: principal.actor, action: 'device.created', subject, groupId, detail: body },
            tx,
          )
          return device
        })
        .catch((error: unknown) => {
          if (isUniqueConflict(error)) throw conflict('iam-taken', 'There is, or was, a device of that name.', 'iam')
          throw error
        })
      return created(await present(db, { all: true }, made.iam), `/v1/devices/${made.iam}`)
    },
  }),

  route({
    method: 'GET',
    path: '/v1/devices/:iam',
    summary: 'A device',
    access: 'viewer',
    limit: 'reads',
    params: DeviceParams,
    answer: DeviceSchema,
    run: async ({ params, scope }, { db }) => ok(await present(db, scope, params.iam)),
  }),

  route({
    method: 'PATCH',
    path: '/v1/devices/:iam',
    summary: 'Change a device',
    access: 'operator',
    limit: 'writes',
    params: DeviceParams,
    body: ChangeDeviceSchema,
    answer: DeviceSchema,
    run: async ({ params, body, principal, scope }, { db }) => {
      const device = await find(db, scope, params.iam)
      requireRole(principal, device.group.id, 'operator')
      const groupId =
        body.groupId === undefined ? undefined : await chooseGroup(db, principal, 'operator', body.groupId)
      await db.write(async (tx) => {
        await updateDevice(db, { id: device.id, change: { ...body, groupId } }, tx)
        const audit = { actor: principal.actor, action: 'device.changed', subject: `device/${device.iam}` }
        await recordAudit(db, { ...audit, groupId: device.group.id, detail: body }, tx)
      })
      return ok(await present(db, scope, device.iam))
    },
  }),

  route({
    method: 'DELETE',
    path: '/v1/devices/:iam',
    summary: 'Take a device out of use; its history stays',
    access: 'admin',
    limit: 'writes',
    params: DeviceParams,
    status: 204,
    run: async ({ params, principal, scope }, { db }) => {
      const device = await find(db, scope, params.iam)
      requireRole(principal, device.group.id, 'admin')
      await db.write(async (tx) => {
        await deleteDevice(db, { id: device.id, now: new Date() }, tx)
        const audit = { actor: principal.actor, action: 'device.deleted', subject: `device/${device.iam}` }
        await recordAudit(db, { ...audit, groupId: device.group.id }, tx)
      })
      return noContent()
    },
  }),

  route({
    method: 'POST',
    path: '/v1/devices/:iam/modem',
    summary: 'Put a modem into a device',
    access: 'operator',
    limit: 'writes',
    params: DeviceParams,
    body: AttachModemSchema,
    answer: DeviceSchema,
    problems: [
      'modem-not-claimed',
      'modem-in-use',
      'modem-of-another-group',
      'modem-elsewhere-then',
      'device-had-another-then',
    ],
    run: async ({ params, body, principal, scope }, { db }) => {
      const device = await find(db, scope, params.iam)
      requireRole(principal, device.group.id, 'operator')
      await db.write(async (tx) => {
        await attach(db, principal, { deviceId: device.id, ...body }, tx)
        const audit = { actor: principal.actor, action: 'device.modem-attached', subject: `device/${device.iam}` }
        await recordAudit(db, { ...audit, groupId: device.group.id, detail: body }, tx)
      })
      return ok(await present(db, scope, device.iam))
    },
  }),

  route({
    method: 'DELETE',
    path: '/v1/devices/:iam/modem',
    summary: 'Take the modem out of a device',
    access: 'operator',
    limit: 'writes',
    params: DeviceParams,
    body: DetachModemSchema,
    answer: DeviceSchema,
    problems: ['before-attached'],
    run: async ({ params, body, principal, scope }, { db }) => {
      const device = await find(db, scope, params.iam)
      requireRole(principal, device.group.id, 'operator')
      await db.write(async (tx) => {
        const detached = await detachModem(db, { deviceId: device.id, now: new Date(), to: body.to }, tx)
        if (!detached.ok) {
          if (detached.reason === 'no-modem') return
          throw conflict('before-attached', 'The modem was put into the device only after that time.', 'to')
        }
        const audit = { actor: principal.actor, action: 'device.modem-detached', subject: `device/${device.iam}` }
        await recordAudit(db, { ...audit, groupId: device.group.id, detail: { imei: detached.imei, ...body } }, tx)
      })
      return ok(await present(db, scope, device.iam))
    },
  }),
] as const

async function attach(
  db: Database,
  principal: Principal,
  given: { readonly deviceId: number; readonly imei: string; readonly from?: Date | undefined },
  tx: Transaction,
): Promise<void> {
  const scope = scopeOf(principal, 'operator')
  const attached = await attachModem(db, { ...given, now: new Date(), scope }, tx)
  if (attached.ok) return
  if (attached.reason === 'modem-not-claimed') {
    const detail = `Nobody has claimed that modem: claim it by its serial (POST /v1/modems/${given.imei}/claim), or ask a system administrator.`
    throw new ApiError(403, 'modem-not-claimed', detail, {
      errors: [{ field: 'imei', code: 'modem-not-claimed', message: detail }],
    })
  }
  const { field, detail } = whyNotAttached[attached.reason]
  throw conflict(attached.reason, detail, field)
}

async function find(db: Database, scope: GroupScope, iam: string): Promise<DeviceRow> {
  const device = await findDevice(db, { scope, iam })
  if (device === null) throw notFound('device')
  return device
}

async function present(db: Database, scope: GroupScope, iam: string) {
  return presentDevice(await find(db, scope, iam), new Date())
}

const whyNotAttached = {
  'modem-in-use': { field: 'imei', detail: 'That modem sits in another device. Detach it there first.' },
  'modem-of-another-group': {
    field: 'imei',
    detail: 'That modem last sat in a device of another group: a system administrator can attach it.',
  },
  'modem-elsewhere-then': { field: 'from', detail: 'That modem still sat in another device then.' },
  'device-had-another-then': { field: 'from', detail: 'The device got the modem it has only after that time.' },
} as const
