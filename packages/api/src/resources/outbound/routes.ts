import {
  cancelOutbound,
  ensureEndpoint,
  findDelivery,
  findDeviceNames,
  findModem,
  insertPersonOutbound,
  listDeliveries,
  recordAudit,
  resumeOutbound,
  type Database,
  type DeliveryRow,
  type GroupScope,
  type OperatorOutcome,
  type Transaction,
} from '@paikea/database'
import { modemEndpoint, modemTarget } from '@paikea/delivery'
import { findForbiddenWord } from '@paikea/packets'
import { creditsFor } from '@paikea/rockblock-client'
import { requireRole, scopeOf, type Principal } from '../../auth/principal.ts'
import { conflict, invalidField, notFound } from '../../http/api-error.ts'
import { decodeCursor, toPage } from '../../http/cursor.ts'
import { created, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { MessageParams } from '../inbound/schema.ts'
import { announceOutbound } from './announce.ts'
import { presentOutbound, presentOutboundDetail } from './presenter.ts'
import { ListOutboundQuery, OutboundDetailSchema, OutboundPage, SendMessageSchema } from './schema.ts'

type OutboundServices = Pick<Services, 'db' | 'dispatcher' | 'deliveries' | 'log'>

const route = routeFor<OutboundServices>()

/** Messages to modems and other targets. */
export const outboundRoutes = [
  route({
    method: 'GET',
    path: '/v1/messages/outbound',
    summary: 'Messages out, newest first',
    access: 'viewer',
    limit: 'reads',
    query: ListOutboundQuery,
    answer: OutboundPage,
    problems: ['invalid-cursor'],
    run: async ({ query, scope }, { db }) => {
      const { limit, cursor, ...filter } = query
      const afterId = decodeCursor(cursor, 'by-id')?.id ?? null
      const rows = await listDeliveries(db, { scope, ...filter, limit: limit + 1, afterId })
      const iamOf = await namesOf(db, rows)
      return ok(
        toPage(
          rows,
          limit,
          ({ id }) => ({ id }),
          (row) => presentOutbound(row, iamOf(row)),
        ),
      )
    },
  }),

  route({
    method: 'GET',
    path: '/v1/messages/outbound/:id',
    summary: 'A message out with its attempts',
    access: 'viewer',
    limit: 'reads',
    params: MessageParams,
    answer: OutboundDetailSchema,
    run: async ({ params, scope }, { db }) => ok(await presentRow(db, await find(db, scope, params.id))),
  }),

  route({
    method: 'POST',
    path: '/v1/messages/outbound',
    summary: 'Send to a modem',
    access: 'operator',
    limit: 'writes',
    body: SendMessageSchema,
    answer: OutboundDetailSchema,
    status: 201,
    run: async ({ body, principal }, services) => {
      const { db } = services
      const { imei } = body
      const modem = await findModem(db, { scope: scopeOf(principal), imei })
      if (modem === null) throw invalidField('imei', 'unknown-modem', 'there is no such modem')
      const groupId = modem.device?.groupId ?? null
      requireRole(principal, groupId, 'operator')
      const payload = body.hex === undefined ? Buffer.from(body.text ?? '', 'ascii') : Buffer.from(body.hex, 'hex')
      const word = findForbiddenWord(payload.toString('latin1'))
      if (word !== null) {
        const detail = `"${word}" in it makes the device lose the message and the session`
        throw invalidField(body.hex === undefined ? 'text' : 'hex', 'forbidden-word', detail)
      }
      const message = {
        groupId,
        ...modemTarget(imei),
        modemId: modem.id,
        text: body.text ?? null,
        payload,
        credits: creditsFor(payload.length),
        expiresAt: null,
        createdAt: new Date(),
      } as const
      // As one: who is told of an error tries again, and must not have paid for two.
      const { outboundId, view } = await db.write(async (tx) => {
        const values = groupId === null ? null : modemEndpoint({ groupId, imei, modemId: modem.id })
        const endpointId = values === null ? null : await ensureEndpoint(db, { values }, tx)
        const { outboundId } = await insertPersonOutbound(db, { ...message, endpointId }, tx)
        await audit(db, principal, 'outbound.created', { id: outboundId, groupId }, tx)
        return { outboundId, view: await presentRow(db, await find(db, { all: true }, outboundId, tx), tx) }
      })
      await announceOutbound(services, outboundId)
      return created(view, `/v1/messages/outbound/${String(outboundId)}`)
    },
  }),

  route({
    method: 'POST',
    path: '/v1/messages/outbound/:id/resume',
    summary: 'Let a parked message go on',
    access: 'operator',
    limit: 'writes',
    params: MessageParams,
    answer: OutboundDetailSchema,
    problems: ['wrong-state'],
    run: async ({ params, principal }, services) => {
      const scope = scopeOf(principal, 'operator')
      const { id } = params
      const wish = (tx: Transaction) => resumeOutbound(services.db, { outboundId: id, scope }, tx)
      return ok(await change(services, principal, { id, action: 'outbound.resumed' }, wish))
    },
  }),

  route({
    method: 'POST',
    path: '/v1/messages/outbound/:id/cancel',
    summary: 'Cancel a message that has not left yet',
    access: 'operator',
    limit: 'writes',
    params: MessageParams,
    answer: OutboundDetailSchema,
    problems: ['wrong-state'],
    run: async ({ params, principal }, services) => {
      const scope = scopeOf(principal, 'operator')
      const { id } = params
      const wish = (tx: Transaction) => cancelOutbound(services.db, { outboundId: id, scope, at: new Date() }, tx)
      return ok(await change(services, principal, { id, action: 'outbound.cancelled' }, wish))
    },
  }),
] as const

async function presentRow(db: Database, row: Awaited<ReturnType<typeof find>>, tx?: Transaction) {
  const iamOf = await namesOf(db, [row], tx)
  return presentOutboundDetail(row, iamOf(row))
}

async function find(db: Database, scope: GroupScope, id: number, tx?: Transaction) {
  const row = await findDelivery(db, { scope, id }, tx)
  if (row === null) throw notFound('message')
  return row
}

/** Does what an operator wishes and notes it, as one. */
async function change(
  services: OutboundServices,
  principal: Principal,
  { id, action }: { readonly id: number; readonly action: string },
  wish: (tx: Transaction) => Promise<OperatorOutcome>,
) {
  const { db } = services
  const view = await db.write(async (tx) => {
    settle(await wish(tx))
    const row = await find(db, scopeOf(principal), id, tx)
    await audit(db, principal, action, row, tx)
    return presentRow(db, row, tx)
  })
  await announceOutbound(services, id)
  return view
}

async function audit(
  db: Database,
  principal: Principal,
  action: string,
  { id, groupId }: { readonly id: number; readonly groupId: number | null },
  tx: Transaction,
): Promise<void> {
  await recordAudit(db, { actor: principal.actor, action, subject: `outbound/${String(id)}`, groupId }, tx)
}

async function namesOf(
  db: Database,
  rows: readonly DeliveryRow[],
  tx?: Transaction,
): Promise<(row: DeliveryRow) => string | null> {
  const deviceIds = rows.flatMap(({ sourceDeviceId }) => (sourceDeviceId === null ? [] : [sourceDeviceId]))
  const names = await findDeviceNames(db, { deviceIds }, tx)
  return ({ sourceDeviceId }) => (sourceDeviceId === null ? null : (names.get(sourceDeviceId)?.iam ?? null))
}

function settle(outcome: OperatorOutcome): void {
  if (outcome.status === 'not-found') throw notFound('message')
  if (outcome.status === 'refused')
    throw conflict('wrong-state', `The message is ${outcome.state}: that cannot be asked of it.`)
}
