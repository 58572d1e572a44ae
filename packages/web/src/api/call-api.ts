import type { ApiContract } from '@paikea/api/contract'
import { fetchOrThrow } from './fetch-or-throw.ts'

/** A route of the service, such as `'GET /v1/devices/:iam'`. */
export type ApiRoute = keyof ApiContract

/** The parts of a request that a route has; others cannot be passed. */
type Parts<C> = {
  readonly [
    Part in 'params' | 'query' | 'body' as Part extends keyof C ? (C[Part] extends undefined ? never : Part) : never
  ]: Part extends keyof C ? C[Part] : never
}

/** What a call passes besides the route. */
export type ApiCall<K extends ApiRoute> = Parts<ApiContract[K]> & {
  readonly csrfToken?: string | null
  readonly signal?: AbortSignal
}

/**
 * Calls a route by its name in the route table: path, query, body and response have the types that the service
 * validates.
 *
 * @throws RequestFailure for anything but success; the signal's own reason if aborted
 */
export function callApi<K extends ApiRoute>(route: K, call: ApiCall<K>): Promise<ApiContract[K]['answer']> {
  const parts = call as { params?: object; query?: object; body?: unknown } & ApiCall<K>
  const [method = 'GET', path = ''] = route.split(' ')
  return fetchOrThrow(`${fillPath(path, parts.params ?? {})}${toSearch(parts.query ?? {})}`, {
    // Names in the route table start with a method.
    method: method as 'GET',
    ...(parts.body === undefined ? {} : { body: parts.body }),
    ...(call.csrfToken === undefined ? {} : { csrfToken: call.csrfToken }),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
  })
}

/** `/v1/devices/:iam` with its parameters filled in. */
export function fillPath(path: string, params: object): string {
  const values = new Map(Object.entries(params))
  return path.replaceAll(/:(\w+)/g, (_all, name: string) => encodeURIComponent(String(values.get(name))))
}

function toSearch(query: object): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return search === '' ? '' : `?${search}`
}
