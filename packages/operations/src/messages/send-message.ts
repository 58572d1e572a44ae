import { ensureEndpoint, findModem, insertPersonOutbound } from '@paikea/database'
import { modemEndpoint, modemTarget } from '@paikea/delivery'
import { findForbiddenWord } from '@paikea/packets'
import { creditsFor } from '@paikea/rockblock-client'
import { requireRole, scopeOf } from '../caller.ts'
import { ownerOf } from '../fleet/owner.ts'
import { operation } from '../operation.ts'
import { refuseField } from '../refusal.ts'
import { readDelivery, type FoundDelivery } from './find-delivery.ts'

/** A person's message to a modem: one of `text` and `hex`. */
export interface NewMessage {
  readonly imei: string
  readonly text?: string | undefined
  readonly hex?: string | undefined
}

/**
 * Queues a message to a modem. Row, audit and answer stand as one: who is told of an error tries again, and must not have
 * paid for two.
 *
 * @throws Refusal `invalid` for an unknown modem or a forbidden word; `forbidden`
 */
export const sendMessage = operation<NewMessage, FoundDelivery>('outbound.created', async (work, input) => {
  const { db, caller, tx, now } = work
  const { imei, text, hex } = input
  const modem = await findModem(db, { scope: scopeOf(caller), imei }, tx)
  if (modem === null) throw refuseField('imei', 'unknown-modem', 'there is no such modem')
  const groupId = ownerOf(modem)
  requireRole(caller, groupId, 'operator')
  const payload = hex === undefined ? Buffer.from(text ?? '', 'ascii') : Buffer.from(hex, 'hex')
  const word = findForbiddenWord(payload.toString('latin1'))
  if (word !== null) {
    const detail = `contains "${word}", which makes the device lose the message and the session`
    throw refuseField(hex === undefined ? 'text' : 'hex', 'forbidden-word', detail)
  }
  const credits = creditsFor(payload.length)
  const values = groupId === null ? null : modemEndpoint({ groupId, imei, modemId: modem.id })
  const message = {
    ...modemTarget(imei),
    groupId,
    endpointId: values === null ? null : await ensureEndpoint(db, { values }, tx),
    modemId: modem.id,
    text: text ?? null,
    payload,
    credits,
    expiresAt: null,
    createdAt: now,
  }
  const { outboundId } = await insertPersonOutbound(db, message, tx)
  const result = await readDelivery(work, outboundId)
  const after = { state: result.row.state, imei, bytes: payload.length, credits }
  return { result, subject: `outbound/${String(outboundId)}`, groupId, before: null, after }
})
