import {
  findInbound,
  findReportsOfMessages,
  listInbound,
  type InboundDetailRow,
  type InboundFilter,
  type ReportRow,
} from '@paikea/database'
import { scopeOf } from '../caller.ts'
import type { OperationContext } from '../operation.ts'
import { refuseField } from '../refusal.ts'
import { noteReplay } from './replay-message.ts'

/** So many messages are read again by one call. */
export const MAX_REPLAYED = 500

/** Which messages are read again: those named, or the newest that a filter finds. */
export interface ReplaySelection {
  readonly ids?: readonly number[] | undefined
  readonly filter?: InboundFilter | undefined
  /** Also those that the vendor marked as damaged. */
  readonly isReleased: boolean
  readonly isDryRun: boolean
}

/** What reading a message again changes; applied by `apply`. */
export interface Reading {
  readonly changes: readonly { readonly field: string; readonly from: unknown; readonly to: unknown }[]
  readonly apply: () => Promise<void>
}

/** Reads a stored message by today's rules; `planReplay` of the intake. */
export type ReadAgain = (
  stored: { readonly message: InboundDetailRow; readonly report: ReportRow | null },
  options: { readonly isReleased: boolean },
) => Promise<Reading>

/** A message that changes. */
export interface Replayed {
  readonly id: number
  readonly changes: Reading['changes']
}

/**
 * Reads a selection of messages again by today's rules. What was delivered is not sent again.
 *
 * @returns how many were read, those that change, and whether more were found than one call takes
 * @throws Refusal `forbidden`, `not-found` for what may not be changed; `invalid` selection
 */
export async function replaySelection(
  context: OperationContext,
  selection: ReplaySelection,
  readAgain: ReadAgain,
): Promise<{ readonly read: number; readonly changed: readonly Replayed[]; readonly isCut: boolean }> {
  const { db, caller } = context
  const { isReleased, isDryRun } = selection
  const { ids, isCut } = await select(context, selection)
  // In the order of arrival: what repeats another goes by it.
  const sorted = [...new Set(ids)].toSorted((one, other) => one - other)
  const reports = await findReportsOfMessages(db, { messageIds: sorted })
  const scope = scopeOf(caller, 'operator')
  const changed: Replayed[] = []
  let read = 0
  for (const id of sorted) {
    const message = await findInbound(db, { scope, id })
    if (message === null) {
      if (selection.ids === undefined) continue
      throw refuseField('ids', 'unknown-message', `there is no message ${id}, or you may not change it`)
    }
    read += 1
    const { changes, apply } = await readAgain({ message, report: reports.get(id) ?? null }, { isReleased })
    if (changes.length === 0) continue
    changed.push({ id, changes })
    if (isDryRun) continue
    await noteReplay(context, { id, isReleased, fields: changes.map(({ field }) => field) })
    await apply()
  }
  return { read, changed, isCut }
}

async function select(
  { db, caller }: OperationContext,
  { ids, filter }: ReplaySelection,
): Promise<{ readonly ids: readonly number[]; readonly isCut: boolean }> {
  if (ids !== undefined) {
    if (filter !== undefined) throw refuseField('ids', 'one-of-two', 'must not be combined with a filter')
    if (ids.length > MAX_REPLAYED) throw refuseField('ids', 'too-many', `must be at most ${MAX_REPLAYED}`)
    return { ids, isCut: false }
  }
  if (filter === undefined) throw refuseField('ids', 'required', 'is missing: give ids or a filter')
  const limit = MAX_REPLAYED + 1
  const rows = await listInbound(db, { scope: scopeOf(caller, 'operator'), filter, limit, afterId: null })
  const found = rows.map(({ id }) => id)
  return { ids: found.slice(0, MAX_REPLAYED), isCut: found.length > MAX_REPLAYED }
}
