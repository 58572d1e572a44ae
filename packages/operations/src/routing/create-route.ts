import { insertRoute } from '@paikea/database'
import { operation } from '../operation.ts'
import { factsOf, refuseSame } from './find-route.ts'
import { resolveRoute } from './resolve-route.ts'
import type { RouteInput } from './route-input.ts'

/**
 * Makes a route.
 *
 * @returns its id
 * @throws Refusal `invalid`, `forbidden`; `conflict` where another one says the same
 */
export const createRoute = operation<RouteInput, { readonly id: number }>('route.created', async (work, input) => {
  const values = await resolveRoute(work, input)
  await refuseSame(work, values, null)
  const id = await insertRoute(work.db, { values }, work.tx)
  const { groupId } = values
  return { result: { id }, subject: `route/${String(id)}`, groupId, before: null, after: factsOf(values) }
})
