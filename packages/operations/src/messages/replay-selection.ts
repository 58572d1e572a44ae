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

/** Messages decoded again per call, at most. */
export const MAX_REPLAYED = 500

/** Which messages to decode again: those named, or the newest that match a filter. */
export interface ReplaySelection {
  readonly ids?: readonly number[] | undefined
  readonly filter?: InboundFilter | undefined
  /** Include those that the vendor marked as damaged. */
  readonly isReleased: boolean
  readonly isDryRun: boolean
}

/** What decoding a message again changes; `apply` applies it. */
export interface Reading {
  readonly changes: readonly { readonly field: string; readonly from: unknown; readonly to: unknown }[]
  readonly apply: () => Promise<void>
}

/** Decodes a stored message by the present rules; `planReplay` of the intake. */
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
 * Decodes a selection of messages again by the present rules. Deliveries are not sent again.
 *
 * @returns how many were decoded, those that change, and whether more matched than one call handles
 * @throws Refusal `forbidden`, `not-found` for messages the caller may not change; `invalid` selection
 */
export async function replaySelection(
  context: OperationContext,
  selection: ReplaySelection,
  readAgain: ReadAgain,
): Promise<{ readonly read: number; readonly changed: readonly Replayed[]; readonly isCut: boolean }> {
  const { db, caller } = context
  const { isReleased, isDryRun } = selection
  const { ids, isCut } = await select(context, selection)
  // In order of arrival, because repeats are judged by what came before.
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
