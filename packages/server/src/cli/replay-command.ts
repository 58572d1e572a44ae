import { findInbound, findReportsOfMessages, listIdsReceived } from '@paikea/database'
import { planReplay } from '@paikea/intake'
import { noteReplay, systemCaller } from '@paikea/operations'
import { ServeError } from '../process/serve-error.ts'
import { withExistingStore } from './existing-store.ts'

/** Flags of `replay`. */
export interface ReplayFlags {
  readonly since: string
  readonly until?: string
  readonly dryRun?: boolean
}

const PER_PAGE = 200

/** `replay`: reads what arrived in a time again by today's rules, in the order of arrival, for what repeats another goes by it; one line for each message that changes. */
export async function replayCommand(env: NodeJS.ProcessEnv, flags: ReplayFlags): Promise<void> {
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
        const words = changes.map((one) => `${one.field} ${JSON.stringify(one.from)} -> ${JSON.stringify(one.to)}`)
        process.stdout.write(`${id}: ${words.join('; ')}\n`)
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

function parseTime(flag: string, text: string): Date {
  const time = new Date(text)
  if (!Number.isNaN(time.getTime())) return time
  throw new ServeError(`${flag} must be a time such as 2026-11-24T03:00:00Z, not ${JSON.stringify(text)}`, {
    isFinal: false,
  })
}
