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
  type DeviceRow,
  type GroupScope,
  type Transaction,
} from '@paikea/database'
import { allow } from '../../auth/authenticate.ts'
import { chooseGroup } from '../../auth/choose-group.ts'
import { requireRole, scopeOf, type Principal } from '../../auth/principal.ts'
import { conflict, notFound } from '../../http/api-error.ts'
import type { ApiRouter } from '../../http/context.ts'
import { decodeCursor, toPage } from '../../http/cursor.ts'
import type { ResourceDeps } from '../../http/dependencies.ts'
import { created, handle, noContent, ok } from '../../http/handle.ts'
import { presentDevice } from './presenter.ts'
import {
  AttachModemSchema,
  ChangeDeviceSchema,
  CreateDeviceSchema,
  DevicePage,
  DeviceParams,
  DeviceSchema,
  ListDevicesQuery,
} from './schema.ts'

/** Buoys, handsets and RockSTARs: `/v1/devices`. */
export function deviceRoutes(router: ApiRouter, { db, auth, limits }: ResourceDeps): void {
  router.get(
    '/v1/devices',
    limits.reads,
    auth.authenticate,
    allow('viewer'),
    handle(
      { summary: 'Devices, newest first', query: ListDevicesQuery, answer: DevicePage },
      async ({ query, scope }) => {
        const { kind, limit } = query
        const afterId = decodeCursor(query.cursor, 'by-id')?.id ?? null
        const rows = await listDevices(db, { scope, kind, limit: limit + 1, afterId })
        const now = new Date()
        return ok(
          toPage(
            rows,
            limit,
            ({ id }) => ({ id }),
            (row) => presentDevice(row, now),
          ),
        )
      },
    ),
  )

  router.post(
    '/v1/devices',
    limits.writes,
    auth.authenticate,
    allow('operator'),
    handle(
      { summary: 'Make a device', body: CreateDeviceSchema, answer: DeviceSchema, status: 201 },
      async ({ body, principal }) => {
        const { kind, label, iam, imei, generation } = body
        const groupId = await chooseGroup(db, principal, 'operator', body.groupId)
        const made = await db
          .write(async (tx) => {
            const device = await insertDevice(db, { kind, groupId, iam, label, generation }, tx)
            if (imei !== undefined) {
              await attach(principal, { deviceId: device.id, imei }, tx)
            }
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
        return created(await present({ all: true }, made.iam), `/v1/devices/${made.iam}`)
      },
    ),
  )

  router.get(
    '/v1/devices/:iam',
    limits.reads,
    auth.authenticate,
    allow('viewer'),
    handle({ summary: 'A device', params: DeviceParams, answer: DeviceSchema }, async ({ params, scope }) =>
      ok(await present(scope, params.iam)),
    ),
  )

  router.patch(
    '/v1/devices/:iam',
    limits.writes,
    auth.authenticate,
    allow('operator'),
    handle(
      { summary: 'Change a device', params: DeviceParams, body: ChangeDeviceSchema, answer: DeviceSchema },
      async ({ params, body, principal, scope }) => {
        const device = await find(scope, params.iam)
        requireRole(principal, device.group.id, 'operator')
        const groupId =
          body.groupId === undefined ? undefined : await chooseGroup(db, principal, 'operator', body.groupId)
        await db.write(async (tx) => {
          await updateDevice(db, { id: device.id, change: { ...body, groupId } }, tx)
          const audit = { actor: principal.actor, action: 'device.changed', subject: `device/${device.iam}` }
          await recordAudit(db, { ...audit, groupId: device.group.id, detail: body }, tx)
        })
        return ok(await present(scope, device.iam))
      },
    ),
  )

  router.delete(
    '/v1/devices/:iam',
    limits.writes,
    auth.authenticate,
    allow('admin'),
    handle(
      { summary: 'Take a device out of use; its history stays', params: DeviceParams, status: 204 },
      async ({ params, principal, scope }) => {
        const device = await find(scope, params.iam)
        requireRole(principal, device.group.id, 'admin')
        await db.write(async (tx) => {
          await deleteDevice(db, { id: device.id, now: new Date() }, tx)
          const audit = { actor: principal.actor, action: 'device.deleted', subject: `device/${device.iam}` }
          await recordAudit(db, { ...audit, groupId: device.group.id }, tx)
        })
        return noContent()
      },
    ),
  )

  router.post(
    '/v1/devices/:iam/modem',
    limits.writes,
    auth.authenticate,
    allow('operator'),
    handle(
      { summary: 'Put a modem into a device', params: DeviceParams, body: AttachModemSchema, answer: DeviceSchema },
      async ({ params, body, principal, scope }) => {
        const device = await find(scope, params.iam)
        requireRole(principal, device.group.id, 'operator')
        await db.write(async (tx) => {
          await attach(principal, { deviceId: device.id, imei: body.imei }, tx)
          const audit = { actor: principal.actor, action: 'device.modem-attached', subject: `device/${device.iam}` }
          await recordAudit(db, { ...audit, groupId: device.group.id, detail: body }, tx)
        })
        return ok(await present(scope, device.iam))
      },
    ),
  )

  router.delete(
    '/v1/devices/:iam/modem',
    limits.writes,
    auth.authenticate,
    allow('operator'),
    handle(
      { summary: 'Take the modem out of a device', params: DeviceParams, answer: DeviceSchema },
      async ({ params, principal, scope }) => {
        const device = await find(scope, params.iam)
        requireRole(principal, device.group.id, 'operator')
        await db.write(async (tx) => {
          if (!(await detachModem(db, { deviceId: device.id, now: new Date() }, tx))) return
          const audit = { actor: principal.actor, action: 'device.modem-detached', subject: `device/${device.iam}` }
          await recordAudit(db, { ...audit, groupId: device.group.id, detail: { imei: device.modem?.imei } }, tx)
        })
        return ok(await present(scope, device.iam))
      },
    ),
  )

  async function attach(
    principal: Principal,
    { deviceId, imei }: { readonly deviceId: number; readonly imei: string },
    tx: Transaction,
  ): Promise<void> {
    const scope = scopeOf(principal, 'operator')
    const attached = await attachModem(db, { deviceId, imei, now: new Date(), scope }, tx)
    if (!attached.ok) throw conflict(attached.reason, whyNotAttached[attached.reason], 'imei')
  }

  async function find(scope: GroupScope, iam: string): Promise<DeviceRow> {
    const device = await findDevice(db, { scope, iam })
    if (device === null) throw notFound('device')
    return device
  }

  async function present(scope: GroupScope, iam: string) {
    return presentDevice(await find(scope, iam), new Date())
  }
}

const whyNotAttached = {
  'modem-in-use': 'That modem sits in another device. Detach it there first.',
  'modem-of-another-group': 'That modem last sat in a device of another group: a system administrator can attach it.',
} as const
