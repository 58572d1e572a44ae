import {
  type CommandRow,
  type Database,
  type DeviceRow,
  findCommand,
  findDevice,
  type GroupScope,
  listCommands,
  recordAudit,
  type Transaction,
} from '@paikea/database'
import {
  cancelCommand,
  type CommandRefusal,
  GATEWAY_QUEUE_LIMIT,
  type GatewayQueue,
  requestCommand,
  sendHeldCommand,
} from '@paikea/delivery'
import { type Principal, requireRole } from '../../auth/principal.ts'
import { conflict, invalidField, notFound } from '../../http/api-error.ts'
import { pageById } from '../../http/cursor.ts'
import { presentTime } from '../../http/fields.ts'
import { created, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { announceOutbound } from '../outbound/announce.ts'
import { presentCommand } from './presenter.ts'
import {
  CommandAnswerSchema,
  CommandPage,
  CommandParams,
  CommandRequestSchema,
  CommandSchema,
  CommandsParams,
  ListCommandsQuery,
} from './schema.ts'

type CommandServices = Pick<Services, 'db' | 'dispatcher' | 'deliveries' | 'log'>

const route = routeFor<CommandServices>()

/** Commands to buoys: priced before they are sent, confirmed by the buoy's own reports. */
export const commandRoutes = [
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
      const device = await deviceOf(db, scope, params.iam)
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
    summary: 'Tell a buoy what to do',
    access: 'operator',
    limit: 'writes',
    params: CommandsParams,
    body: CommandRequestSchema,
    answer: CommandAnswerSchema,
    status: 201,
    run: async ({ params, body, principal, scope }, services) => {
      const { db } = services
      const now = new Date()
      const made = await db.write(async (tx) => {
        const device = await deviceOf(db, scope, params.iam, tx)
        requireRole(principal, device.group.id, 'operator')
        const wish = { device, command: body, requestedBy: principal.actor, now }
        const result = await requestCommand(db, wish, tx)
        if (!result.ok) throw refusal(result)
        await audit(db, principal, 'command.requested', { device, id: result.command.id, detail: body }, tx)
        return result
      })
      if (made.outboundId !== null) await announceOutbound(services, made.outboundId)
      const view = { ...presentCommand(made.command, now), ...presentQueue(made.queue) }
      return created(view, `/v1/devices/${params.iam}/commands/${String(made.command.id)}`)
    },
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
      const device = await deviceOf(db, scope, params.iam)
      return ok(presentCommand(await commandOf(db, device, params.id), new Date()))
    },
  }),

  route({
    method: 'POST',
    path: '/v1/devices/:iam/commands/:id/send',
    summary: 'Send a command that is held for a decision',
    access: 'operator',
    limit: 'writes',
    params: CommandParams,
    answer: CommandSchema,
    problems: ['wrong-state'],
    run: async ({ params, principal, scope }, services) => {
      const { db } = services
      const now = new Date()
      const sent = await db.write(async (tx) => {
        const device = await deviceOf(db, scope, params.iam, tx)
        requireRole(principal, device.group.id, 'operator')
        const command = await commandOf(db, device, params.id, tx)
        const done = await sendHeldCommand(db, { device, command, now }, tx)
        if (done === null) throw conflict('wrong-state', 'The command is not held for a decision.')
        if ('ok' in done) throw refusal(done)
        await audit(db, principal, 'command.sent', { device, id: command.id }, tx)
        return done
      })
      await announceOutbound(services, sent.outboundId)
      return ok(presentCommand(sent.command, now))
    },
  }),

  route({
    method: 'POST',
    path: '/v1/devices/:iam/commands/:id/cancel',
    summary: 'Cancel a command that has not left yet',
    access: 'operator',
    limit: 'writes',
    params: CommandParams,
    answer: CommandSchema,
    problems: ['wrong-state'],
    run: async ({ params, principal, scope }, services) => {
      const { db } = services
      const now = new Date()
      const cancelled = await db.write(async (tx) => {
        const device = await deviceOf(db, scope, params.iam, tx)
        requireRole(principal, device.group.id, 'operator')
        const command = await commandOf(db, device, params.id, tx)
        const isDone = await cancelCommand(db, { command, now }, tx)
        if (!isDone) throw conflict('wrong-state', 'The command has left, or is decided.')
        await audit(db, principal, 'command.cancelled', { device, id: command.id }, tx)
        return commandOf(db, device, params.id, tx)
      })
      if (cancelled.outboundId !== null) await announceOutbound(services, cancelled.outboundId)
      return ok(presentCommand(cancelled, now))
    },
  }),
] as const

async function deviceOf(db: Database, scope: GroupScope, iam: string, tx?: Transaction): Promise<DeviceRow> {
  const device = await findDevice(db, { scope, iam }, tx)
  if (device === null) throw notFound('device')
  return device
}

async function commandOf(db: Database, device: DeviceRow, id: number, tx?: Transaction): Promise<CommandRow> {
  const row = await findCommand(db, { deviceId: device.id, id }, tx)
  if (row === null) throw notFound('command')
  return row
}

function refusal({ field, code, message }: CommandRefusal): Error {
  return invalidField(field, code, message)
}

function presentQueue(queue: GatewayQueue) {
  const isFull = queue.depth >= GATEWAY_QUEUE_LIMIT
  return {
    queue: { depth: queue.depth, limit: GATEWAY_QUEUE_LIMIT, purgedAt: presentTime(queue.purgedAt) },
    warnings: isFull ? ['The gateway holds as many messages for this modem as it takes: this one may be refused.'] : [],
  }
}

function audit(
  db: Database,
  principal: Principal,
  action: string,
  of: { readonly device: DeviceRow; readonly id: number; readonly detail?: Readonly<Record<string, unknown>> },
  tx: Transaction,
): Promise<void> {
  const subject = `device/${of.device.iam}/command/${String(of.id)}`
  const entry = { actor: principal.actor, action, subject, groupId: of.device.group.id }
  return recordAudit(db, of.detail === undefined ? entry : { ...entry, detail: of.detail }, tx)
}
