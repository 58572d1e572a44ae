import { deleteRoute as deleteRow } from '@paikea/database'
import { operation } from '../operation.ts'
import { factsOf, findRouteFor } from './find-route.ts'

/**
 * Ends a route.
 *
 * @throws Refusal `not-found`, `forbidden`
 */
export const deleteRoute = operation<{ readonly id: number }, void>('route.deleted', async (work, { id }) => {
  const route = await findRouteFor(work, id)
  await deleteRow(work.db, { id, now: work.now }, work.tx)
  const { groupId } = route
  return { result: undefined, subject: `route/${String(id)}`, groupId, before: factsOf(route), after: null }
})
