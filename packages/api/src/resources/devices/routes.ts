import { findDevice, listDevices, listModemStays, type Database } from '@paikea/database'
import { attachModem, changeDevice, createDevice, deleteDevice, detachModem, scopeOf } from '@paikea/operations'
import type { Principal } from '../../auth/principal.ts'
import { notFound } from '../../http/api-error.ts'
import { pageById } from '../../http/cursor.ts'
import { created, noContent, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { presentTime } from '../../http/fields.ts'
import { needDevice } from './need-device.ts'
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
  ModemHistorySchema,
} from './schema.ts'

const route = routeFor<Pick<Services, 'db'>>()

/** A device's modem is swapped only a few times in its life. */
const MAX_MODEM_STAYS = 100

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
    run: async ({ query, scope, principal }, { db }) => {
      const { kind } = query
      const now = new Date()
      return ok(
        await pageById(
          query,
          (page) => listDevices(db, { scope, kind, ...page }),
          (row) => presentDevice(row, now, principal),
        ),
      )
    },
  }),

  route({
    method: 'POST',
    path: '/v1/devices',
    summary: 'Create a device',
    access: 'operator',
    limit: 'writes',
    body: CreateDeviceSchema,
    answer: DeviceSchema,
    status: 201,
    problems: ['iam-taken', 'modem-not-claimed', 'modem-in-use', 'modem-of-another-group'],
    run: async ({ body, principal }, { db }) => {
      const { iam } = await createDevice({ db, caller: principal }, body)
      return created(await present(db, principal, iam), `/v1/devices/${iam}`)
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
    run: async ({ params, principal }, { db }) => ok(await present(db, principal, params.iam)),
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
    run: async ({ params, body, principal }, { db }) => {
      await changeDevice({ db, caller: principal }, { iam: params.iam, change: body })
      return ok(await present(db, principal, params.iam))
    },
  }),

  route({
    method: 'DELETE',
    path: '/v1/devices/:iam',
    summary: 'Retire a device; its history is kept',
    access: 'admin',
    limit: 'writes',
    params: DeviceParams,
    status: 204,
    run: async ({ params, principal }, { db }) => {
      await deleteDevice({ db, caller: principal }, params)
      return noContent()
    },
  }),

  route({
    method: 'GET',
    path: '/v1/devices/:iam/modems',
    summary: 'The modems of a device over time, latest first',
    access: 'viewer',
    limit: 'reads',
    params: DeviceParams,
    answer: ModemHistorySchema,
    run: async ({ params, scope }, { db }) => {
      const device = await needDevice(db, scope, params.iam)
      const stays = await listModemStays(db, { deviceId: device.id, limit: MAX_MODEM_STAYS })
      const items = stays.map(({ imei, from, to }) => ({ imei, from: presentTime(from), to: presentTime(to) }))
      return ok({ items, nextCursor: null })
    },
  }),

  route({
    method: 'POST',
    path: '/v1/devices/:iam/modem',
    summary: 'Attach a modem to a device',
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
    run: async ({ params, body, principal }, { db }) => {
      await attachModem({ db, caller: principal }, { iam: params.iam, ...body })
      return ok(await present(db, principal, params.iam))
    },
  }),

  route({
    method: 'DELETE',
    path: '/v1/devices/:iam/modem',
    summary: 'Detach the modem from a device',
    access: 'operator',
    limit: 'writes',
    params: DeviceParams,
    body: DetachModemSchema,
    answer: DeviceSchema,
    problems: ['before-attached'],
    run: async ({ params, body, principal }, { db }) => {
      await detachModem({ db, caller: principal }, { iam: params.iam, ...body })
      return ok(await present(db, principal, params.iam))
    },
  }),
] as const

async function present(db: Database, caller: Principal, iam: string) {
  const device = await findDevice(db, { scope: scopeOf(caller), iam })
  if (device === null) throw notFound('device')
  return presentDevice(device, new Date(), caller)
}
