import { waiveAirtime as waive } from '@paikea/database'
import { requireRole } from '../caller.ts'
import { readDelivery, type FoundDelivery } from '../messages/find-delivery.ts'
import { operation } from '../operation.ts'
import { refuseConflict } from '../refusal.ts'
import { checkReason } from './change-budget.ts'

/**
 * Releases one message that the airtime guard stopped, and audits the reason. Its cost counts.
 *
 * @throws Refusal `not-found`, `forbidden`, `invalid`; `conflict` if the guard did not stop it
 */
export const waiveAirtime = operation<{ readonly id: number; readonly reason: string }, FoundDelivery>(
  'airtime.waived',
  async (work, { id, reason }) => {
    checkReason(reason)
    const before = await readDelivery(work, id)
    const { groupId, reasonCode, credits } = before.row
    requireRole(work.caller, groupId, 'operator')
    if (!(await waive(work.db, { outboundId: id }, work.tx))) {
      throw refuseConflict('wrong-state', 'The airtime guard has not stopped this message.')
    }
    const result = await readDelivery(work, id)
    return {
      result,
      subject: `outbound/${String(id)}`,
      groupId,
      before: { reasonCode, credits },
      after: { reasonCode: null, credits, reason },
    }
  },
)
