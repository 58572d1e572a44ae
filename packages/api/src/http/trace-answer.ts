import type { Traces } from '@paikea/domain'
import { notedSubjects, requestId } from './request-id.ts'

/** Asked every few seconds by machines, and never by anyone whose trace is looked for. */
const UNTRACED: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics'])

/** An answer as traces show it: the pattern of its route, never the URL. */
export interface TracedAnswer {
  readonly method: string
  readonly route: string
  readonly status: number
  readonly seconds: number
  /** It made what it noted first: that trace begins with it. Otherwise its own is linked with what it changed. */
  readonly hasMade: boolean
}

/** Tells of an answer, within its request. */
export function traceAnswer(traces: Traces, { method, route, status, seconds, hasMade }: TracedAnswer): void {
  if (UNTRACED.has(route)) return
  const id = requestId()
  const endedAtMs = Date.now()
  const noted = notedSubjects()
  const [first] = noted
  const isMaker = hasMade && first !== undefined
  traces.span({
    name: `${method} ${route}`,
    kind: 'server',
    subject: isMaker ? first : `request/${id}`,
    isRoot: true,
    startedAtMs: endedAtMs - seconds * 1_000,
    endedAtMs,
    isError: status >= 500,
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': status,
      'paikea.request.id': id,
    },
    links: isMaker ? noted.slice(1) : noted,
  })
}
