import { claimFreeModem, claimModem as claimRow, findModem, type ModemRow } from '@paikea/database'
import { hasRole, requireRole, scopeOf } from '../caller.ts'
import { chooseGroup } from '../choose-group.ts'
import { operation, type Work } from '../operation.ts'
import { Refusal, refuseConflict, refuseUnknown } from '../refusal.ts'
import { endBorrowed } from '../routing/end-borrowed.ts'
import { ownerOf } from './owner.ts'

/** A claim to a modem. */
export interface ModemClaim {
  readonly imei: string
  /** Printed on the modem: whoever has the modem in hand may claim it. */
  readonly serial?: string | undefined
  readonly label?: string | null | undefined
  readonly groupId?: number | undefined
}

/**
 * Claims a modem: a system administrator, or a member of its own group, by IMEI; another group by its serial.
 *
 * @throws Refusal `not-found`; `forbidden` without the role, or with code `serial-differs`; `conflict` if it is another
 * group's
 */
export const claimModem = operation<ModemClaim, ModemRow>('modem.claimed', async (work, claim) => {
  const { db, caller, tx } = work
  const { imei, serial } = claim
  const before = await findModem(db, { scope: { all: true }, imei }, tx)
  const owner = before === null ? null : ownerOf(before)
  const isOurs = caller.isSystemAdmin || (before !== null && owner !== null && hasRole(caller, owner, 'operator'))
  if (!isOurs && serial === undefined) {
    if ((await findModem(db, { scope: scopeOf(caller), imei }, tx)) === null) throw refuseUnknown('modem')
    requireRole(caller, owner, 'operator')
  }
  const groupId = isOurs ? await claimOurs(work, claim, owner) : await claimBySerial(work, claim, before)
  const after = await findModem(db, { scope: { all: true }, imei }, tx)
  if (after === null) throw refuseUnknown('modem')
  const also = await endBorrowed(work, { before, after })
  const facts = before === null ? null : factsOf(before)
  return { result: after, subject: `modem/${imei}`, groupId, before: facts, after: factsOf(after), also }
})

async function claimOurs(work: Work, claim: ModemClaim, owner: number | null): Promise<number | null> {
  const isNamed = work.caller.isSystemAdmin && claim.groupId !== undefined
  const groupId = isNamed ? await chooseGroup(work, 'operator', claim.groupId) : undefined
  await claimRow(work.db, { ...claim, groupId }, work.tx)
  return owner
}

async function claimBySerial(work: Work, claim: ModemClaim, known: ModemRow | null): Promise<number> {
  const { imei, serial = '', label } = claim
  const groupId = await chooseGroup(work, 'operator', claim.groupId)
  if (known === null || known.serial !== serial) {
    const detail = 'That is not the serial of this modem, or no message has reported it yet.'
    throw new Refusal('forbidden', 'serial-differs', detail, [
      { field: 'serial', code: 'serial-differs', message: detail },
    ])
  }
  const values = { imei, serial, groupId, ...(label === undefined ? {} : { label }) }
  if (known.device !== null || !(await claimFreeModem(work.db, values, work.tx))) {
    throw refuseConflict('modem-of-another-group', 'That modem belongs to another group.', 'imei')
  }
  return groupId
}

function factsOf({ claimed, serial, label, groupId }: ModemRow) {
  return { claimed, serial, label, groupId }
}
