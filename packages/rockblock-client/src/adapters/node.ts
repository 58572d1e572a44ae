/**
 * The webhook for Node's `http` and for Express.
 *
 * @module
 */
import { createReceiver, type WebhookOptions } from '../receive/receive-delivery.ts'
import { readDelivery, type NodeRequest } from './node-request.ts'

export type { NodeRequest } from './node-request.ts'

/** The part of Node's `ServerResponse` that is used. */
export interface NodeResponse {
  /** Begins the answer. */
  writeHead(status: number, headers: Record<string, string>): unknown
  /** Ends it. */
  end(body: string): unknown
}

/**
 * A request listener for `http.createServer` and a handler for `app.post` of Express. No body parser may come before it: the bytes as
 * received are what is kept (`express.raw()` is fine).
 *
 * @throws {TypeError} if the options admit nobody
 */
export function createNodeHandler(
  options: WebhookOptions,
): (request: NodeRequest, response: NodeResponse) => Promise<void> {
  const receive = createReceiver(options)
  return async (request, response) => {
    const answer = await receive(readDelivery(request, request.body))
    // Behind a refusal the rest of the body may still be coming: the connection is of no further use.
    const connection: Record<string, string> = answer.status === 413 ? { connection: 'close' } : {}
    response.writeHead(answer.status, { ...answer.headers, ...connection })
    response.end(answer.body)
  }
}
