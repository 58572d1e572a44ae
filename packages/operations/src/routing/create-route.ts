import { insertRoute } from '@paikea/database'
import { operation } from '../operation.ts'
import { factsOf, refuseSame } from './find-route.ts'
import { refuseUseless } from './refuse-useless.ts'
import { resolveRoute } from './resolve-route.ts'
import type { RouteInput } from './route-input.ts'

/**
 * Makes a route.
 *
 * @returns its id
 * @throws Refusal `invalid`, `forbidden`; also `invalid` if nothing could be sent, or positions go round; `conflict` if another one says the same
 */
export const createRoute = operation<RouteInput, { readonly id: number }>('route.created', async (work, input) => {
  const values = await resolveRoute(work, input)
  await refuseSame(work, values, null)
  const id = await insertRoute(work.db, { values }, work.tx)
  const { groupId } = values
  await refuseUseless(work, id, groupId)
  return { result: { id }, subject: `route/${String(id)}`, groupId, before: null, after: factsOf(values) }
})
