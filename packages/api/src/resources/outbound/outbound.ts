import {
  cancelOutbound,
  findDelivery,
  findDeviceNames,
  findModem,
  insertPersonOutbound,
  listDeliveries,
  loadOutboundForDispatch,
  recordAudit,
  resumeOutbound,
  type DeliveryRow,
  type GroupScope,
  type OperatorOutcome,
  type Transaction,
} from '@paikea/database'
import { findForbiddenWord } from '@paikea/packets'
import { creditsFor } from '@paikea/rockblock-client'
import { allow } from '../../auth/authenticate.ts'
import { requireRole, scopeOf, type Principal } from '../../auth/principal.ts'
import { conflict, invalidField, notFound } from '../../http/api-error.ts'
import type { ApiRouter } from '../../http/context.ts'
import { decodeCursor, toPage } from '../../http/cursor.ts'
import type { ResourceDeps } from '../../http/dependencies.ts'
import { created, handle, ok } from '../../http/handle.ts'
import { describeError } from '../../http/log.ts'
import { MessageParams } from '../inbound/schema.ts'
import { presentOutbound, presentOutboundDetail } from './presenter.ts'
import { ListOutboundQuery, OutboundDetailSchema, OutboundPage, SendMessageSchema } from './schema.ts'

/** Messages to modems and other targets: `/v1/messages/outbound`. */
export function outboundRoutes(
  router: ApiRouter,
  { db, auth, limits, dispatcher, deliveries, log }: ResourceDeps,
): void {
  router.get(
    '/v1/messages/outbound',
    limits.reads,
    auth.authenticate,
    allow('viewer'),
    handle(
      { summary: 'Messages out, newest first', query: ListOutboundQuery, answer: OutboundPage },
      async ({ query, scope }) => {
        const { limit, cursor, ...filter } = query
        const afterId = decodeCursor(cursor, 'by-id')?.id ?? null
        const rows = await listDeliveries(db, { scope, ...filter, limit: limit + 1, afterId })
        const iamOf = await namesOf(rows)
        return ok(
          toPage(
            rows,
            limit,
            ({ id }) => ({ id }),
            (row) => presentOutbound(row, iamOf(row)),
          ),
        )
      },
    ),
  )

  router.get(
    '/v1/messages/outbound/:id',
    limits.reads,
    auth.authenticate,
    allow('viewer'),
    handle(
      { summary: 'A message out with its attempts', params: MessageParams, answer: OutboundDetailSchema },
      async ({ params, scope }) => ok(await present(scope, params.id)),
    ),
  )

  router.post(
    '/v1/messages/outbound',
    limits.writes,
    auth.authenticate,
    allow('operator'),
    handle(
      { summary: 'Send to a modem', body: SendMessageSchema, answer: OutboundDetailSchema, status: 201 },
      async ({ body, principal }) => {
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
          targetKind: 'modem',
          modemId: modem.id,
          imei,
          serial: null,
          text: body.text ?? null,
          payload,
          credits: creditsFor(payload.length),
          expiresAt: null,
          createdAt: new Date(),
        } as const
        // As one: who is told of an error tries again, and must not have paid for two.
        const { outboundId, view } = await db.write(async (tx) => {
          const { outboundId } = await insertPersonOutbound(db, message, tx)
          await audit(principal, 'outbound.created', { id: outboundId, groupId }, tx)
          return { outboundId, view: await present({ all: true }, outboundId, tx) }
        })
        await announce(outboundId)
        return created(view, `/v1/messages/outbound/${String(outboundId)}`)
      },
    ),
  )

  router.post(
    '/v1/messages/outbound/:id/resume',
    limits.writes,
    auth.authenticate,
    allow('operator'),
    handle(
      { summary: 'Let a parked message go on', params: MessageParams, answer: OutboundDetailSchema },
      async ({ params, principal }) => {
        const scope = scopeOf(principal, 'operator')
        const { id } = params
        const wish = (tx: Transaction) => resumeOutbound(db, { outboundId: id, scope }, tx)
        return ok(await change(principal, { id, action: 'outbound.resumed' }, wish))
      },
    ),
  )

  router.post(
    '/v1/messages/outbound/:id/cancel',
    limits.writes,
    auth.authenticate,
    allow('operator'),
    handle(
      { summary: 'Cancel a message that has not left yet', params: MessageParams, answer: OutboundDetailSchema },
      async ({ params, principal }) => {
        const scope = scopeOf(principal, 'operator')
        const { id } = params
        const wish = (tx: Transaction) => cancelOutbound(db, { outboundId: id, scope, at: new Date() }, tx)
        return ok(await change(principal, { id, action: 'outbound.cancelled' }, wish))
      },
    ),
  )

  async function present(scope: GroupScope, id: number, tx?: Transaction) {
    return presentRow(await find(scope, id, tx), tx)
  }

  async function presentRow(row: Awaited<ReturnType<typeof find>>, tx: Transaction | undefined) {
    const iamOf = await namesOf([row], tx)
    return presentOutboundDetail(row, iamOf(row))
  }

  async function find(scope: GroupScope, id: number, tx: Transaction | undefined) {
    const row = await findDelivery(db, { scope, id }, tx)
    if (row === null) throw notFound('message')
    return row
  }

  /** Does what an operator wishes and notes it, as one. */
  async function change(
    principal: Principal,
    { id, action }: { readonly id: number; readonly action: string },
    wish: (tx: Transaction) => Promise<OperatorOutcome>,
  ) {
    const view = await db.write(async (tx) => {
      settle(await wish(tx))
      const row = await find(scopeOf(principal), id, tx)
      await audit(principal, action, row, tx)
      return presentRow(row, tx)
    })
    await announce(id)
    return view
  }

  async function audit(
    principal: Principal,
    action: string,
    { id, groupId }: { readonly id: number; readonly groupId: number | null },
    tx: Transaction,
  ): Promise<void> {
    await recordAudit(db, { actor: principal.actor, action, subject: `outbound/${String(id)}`, groupId }, tx)
  }

  /** The row is what counts: what the dispatcher does not hear of now it finds by itself. */
  async function announce(id: number): Promise<void> {
    deliveries.changed([id])
    try {
      dispatcher?.notifyOutbound(await loadOutboundForDispatch(db, { outboundIds: [id] }))
    } catch (error) {
      log.warn('outbound.not-announced', { outboundId: id, ...describeError(error) })
    }
  }

  async function namesOf(rows: readonly DeliveryRow[], tx?: Transaction): Promise<(row: DeliveryRow) => string | null> {
    const deviceIds = rows.flatMap(({ sourceDeviceId }) => (sourceDeviceId === null ? [] : [sourceDeviceId]))
    const names = await findDeviceNames(db, { deviceIds }, tx)
    return ({ sourceDeviceId }) => (sourceDeviceId === null ? null : (names.get(sourceDeviceId)?.iam ?? null))
  }
}

function settle(outcome: OperatorOutcome): void {
  if (outcome.status === 'not-found') throw notFound('message')
  if (outcome.status === 'refused')
    throw conflict('wrong-state', `The message is ${outcome.state}: that cannot be asked of it.`)
}
