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
  /** Starts the response. */
  writeHead(status: number, headers: Record<string, string>): unknown
  /** Ends it. */
  end(body: string): unknown
}

/**
 * A request listener for `http.createServer` and a handler for Express's `app.post`. No body parser may run before it:
 * the raw bytes are what is kept (`express.raw()` is fine).
 *
 * @throws {TypeError} if the options admit nobody
 */
export function createNodeHandler(
  options: WebhookOptions,
): (request: NodeRequest, response: NodeResponse) => Promise<void> {
  const receive = createReceiver(options)
  return async (request, response) => {
    const answer = await receive(readDelivery(request, request.body))
    // After a refusal the rest of the body may still be arriving: the connection cannot be reused.
    const connection: Record<string, string> = answer.status === 413 ? { connection: 'close' } : {}
    response.writeHead(answer.status, { ...answer.headers, ...connection })
    response.end(answer.body)
  }
}
