import {
  type CommandRow,
  type Database,
  type DeviceRow,
  findCommand,
  listCommands,
  listHeldCommands,
} from '@paikea/database'
import { cancelCommand, previewCommand, requestCommand, sendCommand } from '@paikea/operations'
import { notFound } from '../../http/api-error.ts'
import { pageById } from '../../http/cursor.ts'
import { created, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { needDevice } from '../devices/need-device.ts'
import { announceOutbound } from '../outbound/announce.ts'
import { presentCommand, presentPreview, presentQueue } from './presenter.ts'
import {
  CommandAnswerSchema,
  CommandPage,
  CommandParams,
  CommandPreviewSchema,
  CommandRequestSchema,
  CommandSchema,
  CommandsParams,
  HeldCommandPage,
  ListCommandsQuery,
  ListHeldCommandsQuery,
} from './schema.ts'

type CommandServices = Pick<Services, 'db' | 'dispatcher' | 'live' | 'log'>

const route = routeFor<CommandServices>()

/** Commands to buoys: priced before they are sent, confirmed by the buoy's own reports. */
export const commandRoutes = [
  route({
    method: 'GET',
    path: '/v1/commands',
    summary: 'Commands held for a decision, newest first',
    access: 'viewer',
    limit: 'reads',
    query: ListHeldCommandsQuery,
    answer: HeldCommandPage,
    problems: ['invalid-cursor'],
    run: async ({ query, scope }, { db }) => {
      const now = new Date()
      return ok(
        await pageById(
          query,
          (page) => listHeldCommands(db, { scope, ...page }),
          (row) => ({ ...presentCommand(row, now), iam: row.iam }),
        ),
      )
    },
  }),

  route({
    method: 'GET',
    path: '/v1/devices/:iam/commands',
    summary: 'Commands to a device, newest first',
    access: 'viewer',
    limit: 'reads',
    params: CommandsParams,
    query: ListCommandsQuery,
    answer: CommandPage,
    problems: ['invalid-cursor'],
    run: async ({ params, query, scope }, { db }) => {
      const device = await needDevice(db, scope, params.iam)
      const now = new Date()
      return ok(
        await pageById(
          query,
          (page) => listCommands(db, { deviceId: device.id, ...page }),
          (row) => presentCommand(row, now),
        ),
      )
    },
  }),

  route({
    method: 'POST',
    path: '/v1/devices/:iam/commands',
    summary: 'Send a command to a buoy',
    access: 'operator',
    limit: 'writes',
    params: CommandsParams,
    body: CommandRequestSchema,
    answer: CommandAnswerSchema,
    status: 201,
    run: async ({ params, body, principal }, services) => {
      const made = await requestCommand({ db: services.db, caller: principal }, { iam: params.iam, command: body })
      if (made.outboundId !== null) await announceOutbound(services, made.outboundId)
      const view = { ...presentCommand(made.command, new Date()), ...presentQueue(made.queue) }
      return created(view, `/v1/devices/${params.iam}/commands/${String(made.command.id)}`)
    },
  }),

  route({
    method: 'POST',
    path: '/v1/devices/:iam/commands/preview',
    summary: 'What a command would cost and do; nothing is sent',
    access: 'operator',
    limit: 'writes',
    params: CommandsParams,
    body: CommandRequestSchema,
    answer: CommandPreviewSchema,
    run: async ({ params, body, principal }, { db }) =>
      ok(presentPreview(await previewCommand({ db, caller: principal }, { iam: params.iam, command: body }))),
  }),

  route({
    method: 'GET',
    path: '/v1/devices/:iam/commands/:id',
    summary: 'A command',
    access: 'viewer',
    limit: 'reads',
    params: CommandParams,
    answer: CommandSchema,
    run: async ({ params, scope }, { db }) => {
      const device = await needDevice(db, scope, params.iam)
      return ok(presentCommand(await commandOf(db, device, params.id), new Date()))
    },
  }),

  route({
    method: 'POST',
    path: '/v1/devices/:iam/commands/:id/send',
    summary: 'Send a command held for a decision',
    access: 'operator',
    limit: 'writes',
    params: CommandParams,
    answer: CommandSchema,
    problems: ['wrong-state'],
    run: async ({ params, principal }, services) => {
      const command = await sendCommand({ db: services.db, caller: principal }, params)
      if (command.outboundId !== null) await announceOutbound(services, command.outboundId)
      return ok(presentCommand(command, new Date()))
    },
  }),

  route({
    method: 'POST',
    path: '/v1/devices/:iam/commands/:id/cancel',
    summary: 'Cancel a command that has not been sent yet',
    access: 'operator',
    limit: 'writes',
    params: CommandParams,
    answer: CommandSchema,
    problems: ['wrong-state'],
    run: async ({ params, principal }, services) => {
      const command = await cancelCommand({ db: services.db, caller: principal }, params)
      if (command.outboundId !== null) await announceOutbound(services, command.outboundId)
      return ok(presentCommand(command, new Date()))
    },
  }),
] as const

async function commandOf(db: Database, device: DeviceRow, id: number): Promise<CommandRow> {
  const row = await findCommand(db, { deviceId: device.id, id })
  if (row === null) throw notFound('command')
  return row
}
