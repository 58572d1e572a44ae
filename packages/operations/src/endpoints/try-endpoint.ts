import { findEndpoint, findInbound, loadEndpointSecrets } from '@paikea/database'
import {
  findTarget,
  previewBody,
  previewTest,
  type Preview,
  type SendSettings,
  sendTest,
  type TestOutcome,
} from '@paikea/delivery'
import { scopeOf } from '../caller.ts'
import { operation, type OperationContext } from '../operation.ts'
import { refuseConflict, refuseField, refuseUnknown } from '../refusal.ts'
import { findEndpointFor } from './find-endpoint.ts'

const note = operation<{ readonly id: number; readonly outcome: TestOutcome }, void>(
  'endpoint.tested',
  async (work, { id, outcome }) => {
    const { row } = await findEndpointFor(work, id)
    const { groupId } = row
    const after = { outcome: outcome.outcome, reason: outcome.reason, status: outcome.status }
    return { result: undefined, subject: `endpoint/${String(id)}`, groupId, before: null, after }
  },
)

/**
 * Sends a marked test message, also to a paused endpoint; it is not a delivery, and is not retried.
 *
 * @throws Refusal `not-found`, `forbidden`; `conflict` for kinds that cost money
 */
export async function testEndpoint(
  context: OperationContext,
  { id }: { readonly id: number },
  settings: SendSettings,
): Promise<TestOutcome> {
  const { row, secrets } = await context.db.write(async (tx) => {
    const found = await findEndpointFor({ ...context, tx, now: new Date() }, id)
    return { row: found.row, secrets: await loadEndpointSecrets(context.db, { endpointId: id }, tx) }
  })
  const outcome = await sendTest({ ...row, secrets }, settings)
  if (outcome === null)
    throw refuseConflict('no-test', `Sending to a ${row.kind} costs credits, so it cannot be tested.`)
  await note(context, { id, outcome })
  return outcome
}

/**
 * The exact body that an endpoint would get for a message, or for the marked test message.
 *
 * @throws Refusal `not-found` for the endpoint, `invalid` for the message
 */
export async function previewEndpoint(
  { db, caller }: OperationContext,
  { id, messageId }: { readonly id: number; readonly messageId?: number | undefined },
): Promise<Preview> {
  const scope = scopeOf(caller)
  const row = await findEndpoint(db, { scope, id })
  if (row === null || findTarget(row.kind) === null) throw refuseUnknown('endpoint')
  if (messageId === undefined) return previewTest(row)
  const message = await findInbound(db, { scope, id: messageId })
  if (message === null) throw refuseField('messageId', 'unknown-message', 'there is no such message')
  return previewBody(db, row, messageId)
}
