import { moveTemporalHome, type TemporalIdentity } from '@paikea/database'
import { operation } from '../operation.ts'

/**
 * Makes another Temporal the one that acts on this database. The caller is the service itself or its command line.
 *
 * @param input `unseenSince`: a process that worked with the old one after it forbids the move
 * @returns whether it moved
 */
export const moveTemporal = operation<
  { readonly from: TemporalIdentity; readonly to: TemporalIdentity; readonly unseenSince: Date },
  boolean
>('temporal.moved', async ({ db, tx, now }, { from, to, unseenSince }) => {
  if (!(await moveTemporalHome(db, { from, to, now, unseenSince }, tx))) return { result: false, subject: null }
  const subject = `temporal/${to.clusterId}`
  return { result: true, subject, groupId: null, before: wordsOf(from), after: wordsOf(to) }
})

function wordsOf({ clusterId, namespace }: TemporalIdentity): {
  readonly clusterId: string
  readonly namespace: string
} {
  return { clusterId, namespace }
}
