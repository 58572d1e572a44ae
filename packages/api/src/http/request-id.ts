import { type Log, NO_TRACES, type Traces, type TraceSubject } from '@paikea/domain'
import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'

/** Traces that a request is joined with at most. */
const MAX_SUBJECTS = 100

interface UnderWay {
  readonly id: string
  /** What it stored or changed. */
  readonly subjects: TraceSubject[]
}

/** Carries the request through everything awaited for it. */
const underWay = new AsyncLocalStorage<UnderWay>()

/** Response header that carries the request's id. */
export const REQUEST_ID_HEADER = 'X-Request-Id'

/** Runs work under a fresh request id. An id sent by the caller is not trusted: it could be anyone's. */
export function asRequest<T>(work: () => T): T {
  return underWay.run({ id: randomBytes(8).toString('hex'), subjects: [] }, work)
}

/** The current request's id; `null` outside a request. */
export function requestId(): string | null {
  return underWay.getStore()?.id ?? null
}

/** Notes what the current request stored or changed. */
export function noteSubject(subject: TraceSubject): void {
  const { subjects } = underWay.getStore() ?? { subjects: null }
  if (subjects !== null && subjects.length < MAX_SUBJECTS) subjects.push(subject)
}

/** What the current request stored or changed so far. */
export function notedSubjects(): readonly TraceSubject[] {
  return underWay.getStore()?.subjects ?? []
}

/** Wraps a log so that its lines carry the current request's id and trace. */
export function logOfRequests(log: Log, traces: Traces = NO_TRACES): Log {
  const naming =
    (write: Log['info']): Log['info'] =>
    (event, fields) => {
      const id = requestId()
      const [subject = `request/${id}`] = notedSubjects()
      write(event, id === null ? fields : { requestId: id, ...traces.fields(subject), ...fields })
    }
  return {
    info: naming((event, fields) => log.info(event, fields)),
    warn: naming((event, fields) => log.warn(event, fields)),
    error: naming((event, fields) => log.error(event, fields)),
  }
}
