/**
 * The webhook for Koa.
 *
 * @module
 */
import { createReceiver, type WebhookOptions } from '../receive/receive-delivery.ts'
import { readDelivery, type NodeRequest } from './node-request.ts'

export type { NodeRequest } from './node-request.ts'

/** The part of Koa's context that is used. */
export interface KoaContext {
  /** Node's underlying request. */
  readonly req: NodeRequest
  /** Status of the response. */
  status: number
  /** Body of the response. */
  body: unknown
  /** Sets a header of the response. */
  set(name: string, value: string): unknown
}

/**
 * A middleware that handles every request it is given: mount it on one path. No body parser may run before it.
 *
 * @throws {TypeError} if the options admit nobody
 */
export function createKoaHandler(options: WebhookOptions): (context: KoaContext) => Promise<void> {
  const receive = createReceiver(options)
  return async (context) => {
    const answer = await receive(readDelivery(context.req, undefined))
    context.status = answer.status
    for (const [name, value] of Object.entries(answer.headers)) context.set(name, value)
    if (answer.status === 413) context.set('connection', 'close')
    context.body = answer.body
  }
}
