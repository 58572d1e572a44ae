import type { Log } from '@paikea/domain'
import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'

/** Carries the request's id through everything awaited for it. */
const underWay = new AsyncLocalStorage<string>()

/** Response header that carries the request's id. */
export const REQUEST_ID_HEADER = 'X-Request-Id'

/** Runs work under a fresh request id. An id sent by the caller is not trusted: it could be anyone's. */
export function asRequest<T>(work: () => T): T {
  return underWay.run(randomBytes(8).toString('hex'), work)
}

/** The current request's id; `null` outside a request. */
export function requestId(): string | null {
  return underWay.getStore() ?? null
}

/** Wraps a log so that its lines carry the current request's id. */
export function logOfRequests(log: Log): Log {
  const naming =
    (write: Log['info']): Log['info'] =>
    (event, fields) => {
      const id = requestId()
      write(event, id === null ? fields : { requestId: id, ...fields })
    }
  return {
    info: naming((event, fields) => log.info(event, fields)),
    warn: naming((event, fields) => log.warn(event, fields)),
    error: naming((event, fields) => log.error(event, fields)),
  }
}
