import { findInbound, findReportsOfMessages, listIdsReceived } from '@paikea/database'
import { planReplay } from '@paikea/intake'
import { noteReplay, type Replayed, replaySelection, systemCaller } from '@paikea/operations'
import { ServeError } from '../process/serve-error.ts'
import { readId, withOperations } from './routing-context.ts'
import { withExistingStore } from './existing-store.ts'

/** Flags of `replay`. */
export interface ReplayFlags {
  readonly since?: string
  readonly until?: string
  readonly dryRun?: boolean
  readonly id?: readonly string[]
}

const PER_PAGE = 200

/**
 * `replay`: decodes the messages of a period again by the present rules, in order of arrival, because repeats are
 * judged by what came before; prints one line for each message that changes.
 */
export async function replayCommand(env: NodeJS.ProcessEnv, flags: ReplayFlags): Promise<void> {
  if (flags.id !== undefined) return replayIds(env, flags.id, { isDryRun: flags.dryRun === true, isReleased: false })
  if (flags.since === undefined) throw new ServeError('--since or --id is missing', { isFinal: false })
  const from = parseTime('--since', flags.since)
  const to = flags.until === undefined ? new Date() : parseTime('--until', flags.until)
  await withExistingStore(env, async (db) => {
    const scope = { all: true } as const
    const counts = { read: 0, changed: 0 }
    let afterId = 0
    for (;;) {
      const page = await listIdsReceived(db, { from, to, afterId, limit: PER_PAGE })
      const reports = await findReportsOfMessages(db, { messageIds: page })
      for (const id of page) {
        const message = await findInbound(db, { scope, id })
        if (message === null) continue
        counts.read += 1
        const { changes, apply } = await planReplay(
          db,
          { message, report: reports.get(id) ?? null },
          { isReleased: false },
        )
        if (changes.length === 0) continue
        counts.changed += 1
        print(id, changes)
        if (flags.dryRun === true) continue
        const context = { db, caller: systemCaller('cli') }
        await noteReplay(context, { id, isReleased: false, fields: changes.map(({ field }) => field) })
        await apply()
      }
      const last = page.at(-1)
      if (last === undefined || page.length < PER_PAGE) break
      afterId = last
    }
    const did = flags.dryRun === true ? 'would change' : 'changed'
    process.stderr.write(`${counts.read} read again, ${counts.changed} ${did}\n`)
  })
}

/** `release`: also accepts what the vendor marked as damaged. */
export function releaseCommand(
  env: NodeJS.ProcessEnv,
  ids: readonly string[],
  { dryRun }: { readonly dryRun: boolean },
): Promise<void> {
  return replayIds(env, ids, { isDryRun: dryRun, isReleased: true })
}

async function replayIds(
  env: NodeJS.ProcessEnv,
  words: readonly string[],
  { isDryRun, isReleased }: { readonly isDryRun: boolean; readonly isReleased: boolean },
): Promise<void> {
  const ids = words.flatMap((word) => word.split(',')).map((word) => readId(word, '<ids>'))
  await withOperations(env, async (context) => {
    const { read, changed } = await replaySelection(context, { ids, isDryRun, isReleased }, (stored, options) =>
      planReplay(context.db, stored, options),
    )
    for (const { id, changes } of changed) print(id, changes)
    process.stderr.write(`${read} read again, ${changed.length} ${isDryRun ? 'would change' : 'changed'}\n`)
  })
}

function print(id: number, changes: Replayed['changes']): void {
  const words = changes.map((one) => `${one.field} ${JSON.stringify(one.from)} -> ${JSON.stringify(one.to)}`)
  process.stdout.write(`${id}: ${words.join('; ')}\n`)
}

function parseTime(flag: string, text: string): Date {
  const time = new Date(text)
  if (!Number.isNaN(time.getTime())) return time
  throw new ServeError(`${flag} must be a time such as 2026-11-24T03:00:00Z, not ${JSON.stringify(text)}`, {
    isFinal: false,
  })
}
