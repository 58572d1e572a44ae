import type { Log } from '@paikea/domain'
import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'

/** Follows a request through all that is awaited for it. */
const underWay = new AsyncLocalStorage<string>()

/** The name of the header that every answer carries its request's id in. */
export const REQUEST_ID_HEADER = 'X-Request-Id'

/** Works on a request under an id of its own. What the caller names its request is not believed: it could be anybody's. */
export function asRequest<T>(work: () => T): T {
  return underWay.run(randomBytes(8).toString('hex'), work)
}

/** The id of the request that is being worked on; `null` outside of one. */
export function requestId(): string | null {
  return underWay.getStore() ?? null
}

/** A log whose lines name the request that they are about. */
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
