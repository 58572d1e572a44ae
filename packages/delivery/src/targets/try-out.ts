import { loadForAction, loadWholeMessages, type Database, type EndpointRow } from '@paikea/database'

import { subjectOf } from '../plan/subject.ts'
import type { SendOutcome } from '../send/outcome.ts'
import { withDeliveryId } from './program/formats.ts'
import { findTarget } from './registry.ts'
import { sendContext, type SendSettings } from './send-context.ts'

/** The outcome of a test. */
export interface TestOutcome {
  readonly outcome: SendOutcome['outcome']
  readonly reason: string | null
  readonly status: number | null
  /** The beginning of the answer. */
  readonly answer: string | null
  readonly latencyMs: number
  /** The body that was sent. */
  readonly body: string
}

/** The body an endpoint would get for a message. */
export interface Preview {
  readonly format: string | null
  /** The body as a receiver reads it; `null` if nothing would be sent. */
  readonly body: string | null
  readonly hex: string | null
  readonly credits: number
  /** Why nothing would be sent. */
  readonly reason: string | null
}

/** Placeholder for the delivery's own id. */
const PREVIEW_ID = 'preview'

/** Sends a marked test; `null` for kinds that cost credits. Never rejects for failures of the receiver. */
export async function sendTest(
  endpoint: Pick<EndpointRow, 'id' | 'kind' | 'config' | 'format'> & { readonly secrets: unknown },
  settings: SendSettings,
): Promise<TestOutcome | null> {
  const target = findTarget(endpoint.kind)
  const config = target?.readConfig(endpoint.config) ?? null
  if (target?.testBody === undefined || config === null) return null
  const { id, format, secrets } = endpoint
  const at = new Date()
  const payload = target.testBody(format ?? target.formats[0] ?? '', at)
  const deliveryId = `test-${id}-${at.getTime()}`
  const startedMs = performance.now()
  const end = await target.createSend(sendContext(settings))({
    deliveryId,
    payload,
    text: null,
    imei: null,
    serial: null,
    endpoint: { id, config, format, secrets },
    sourceIam: null,
    messageType: 'test',
  })
  return {
    outcome: end.outcome,
    reason: 'reason' in end ? end.reason : null,
    status: end.status ?? null,
    answer: end.answer?.slice(0, 1_000) ?? null,
    latencyMs: Math.round(performance.now() - startedMs),
    body: withDeliveryId(payload, deliveryId),
  }
}

/**
 * Sends our own JSON to a program in the same way as a delivery: signed, and only to permitted addresses. Never rejects
 * for anything the receiver does; kinds that cost money refuse it.
 */
export async function sendBody(
  endpoint: Pick<EndpointRow, 'id' | 'kind' | 'config' | 'format'> & { readonly secrets: unknown },
  { deliveryId, body }: { readonly deliveryId: string; readonly body: object },
  settings: SendSettings,
): Promise<SendOutcome> {
  const target = findTarget(endpoint.kind)
  const config = target?.readConfig(endpoint.config) ?? null
  if (target?.testBody === undefined || config === null) {
    return { outcome: 'rejected', fault: 'configuration', reason: 'no-program', code: null, text: 'is not a program' }
  }
  const { id, format, secrets } = endpoint
  return target.createSend(sendContext(settings))({
    deliveryId,
    payload: Buffer.from(JSON.stringify(body)),
    text: null,
    imei: null,
    serial: null,
    endpoint: { id, config, format, secrets },
    sourceIam: null,
    messageType: 'alert',
  })
}

/** The exact body of the marked test. */
export function previewTest({ kind, format }: Pick<EndpointRow, 'kind' | 'format'>): Preview {
  const target = findTarget(kind)
  const chosen = format ?? target?.formats[0] ?? null
  const payload = target?.testBody?.(chosen ?? '', new Date())
  if (payload === undefined) return { format: chosen, body: null, hex: null, credits: 0, reason: 'nothing-to-send' }
  const body = withDeliveryId(payload, PREVIEW_ID)
  return { format: chosen, body, hex: Buffer.from(body).toString('hex'), credits: 0, reason: null }
}

/** The exact body that an endpoint would get for a message, whether or not a route leads there. */
export async function previewBody(db: Database, endpoint: EndpointRow, messageId: number): Promise<Preview> {
  const target = findTarget(endpoint.kind)
  const config = target?.readConfig(endpoint.config) ?? null
  const [message] = await loadForAction(db, { messageIds: [messageId] })
  const format = endpoint.format ?? target?.formats[0] ?? null
  const none = { format, body: null, hex: null, credits: 0 }
  if (target === null || config === null || message === undefined) return { ...none, reason: 'nothing-to-send' }
  const whole = (await loadWholeMessages(db, { messageIds: [messageId] })).get(messageId) ?? null
  const subject = subjectOf(message.report, message.decoded)
  const made = target.format(
    { messageType: message.packetType, subject, whole },
    { config, format: endpoint.format, deviceKind: null, generation: null },
  )
  if (!made.ok) return { ...none, reason: made.reason }
  const body = target.triedBy === 'message' ? withDeliveryId(made.payload, PREVIEW_ID) : made.text
  const bytes = body === null ? Buffer.from(made.payload) : Buffer.from(body)
  return { format, body, hex: bytes.toString('hex'), credits: target.creditsFor(made.payload), reason: null }
}
