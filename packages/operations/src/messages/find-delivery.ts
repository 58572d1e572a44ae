import { findDelivery, findDeviceNames, findHolds, type Hold } from '@paikea/database'
import { scopeOf } from '../caller.ts'
import type { Work } from '../operation.ts'
import { refuseUnknown } from '../refusal.ts'

/** An outbound message as read in the transaction, and the device whose message caused it. */
export interface FoundDelivery {
  readonly row: NonNullable<Awaited<ReturnType<typeof findDelivery>>>
  readonly sourceIam: string | null
  /** What blocks it from outside; `null`: nothing. */
  readonly hold: Hold | null
}

/** Reads an outbound message back, so that caller and audit log see what was written. @throws Refusal `not-found` */
export async function readDelivery({ db, caller, tx }: Work, id: number): Promise<FoundDelivery> {
  const row = await findDelivery(db, { scope: scopeOf(caller), id }, tx)
  if (row === null) throw refuseUnknown('message')
  const hold = (await findHolds(db, { rows: [row] }, tx)).get(id) ?? null
  const { sourceDeviceId } = row
  if (sourceDeviceId === null) return { row, sourceIam: null, hold }
  const names = await findDeviceNames(db, { deviceIds: [sourceDeviceId] }, tx)
  return { row, sourceIam: names.get(sourceDeviceId)?.iam ?? null, hold }
}
