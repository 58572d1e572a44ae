import { createHash } from 'node:crypto'
import { listFleet, type Database, type GroupScope } from '@paikea/database'
import { presentTime } from '../../http/fields.ts'
import { createSharedAnswers } from '../../load/shared-answers.ts'
import { presentDevice } from '../devices/presenter.ts'

/** A fleet as bytes, for all who may see the same. */
export interface FleetAnswer {
  readonly bytes: Buffer
  /** The same while no device has changed, whatever the time. */
  readonly etag: string
}

/** Gives the fleet. */
export interface FleetAnswers {
  /** @throws GateFullError when too many wait */
  get(scope: GroupScope, signal: AbortSignal): Promise<FleetAnswer>
}

/** Read, presented and written before it is seen whether anybody still waits. */
const CHUNK = 1_000
/** A fleet of ten thousand is 6 MB, and a second of one processor for four of them. */
const BOUNDS = { concurrency: 2, maxWaiting: 200 }

/** Builds one answer at a time for each scope, however many ask. */
export function createFleetAnswers(db: Database): FleetAnswers {
  const answers = createSharedAnswers<FleetAnswer>(BOUNDS)
  return { get: (scope, signal) => answers.get(keyOf(scope), (stop) => buildFleet(db, scope, stop), signal) }
}

async function buildFleet(db: Database, scope: GroupScope, signal: AbortSignal): Promise<FleetAnswer> {
  const now = new Date()
  const hash = createHash('sha256')
  const parts: string[] = []
  for (let afterIam: string | null = null; ;) {
    const rows = await listFleet(db, { scope, afterIam, limit: CHUNK })
    signal.throwIfAborted()
    const text = rows.map((row) => JSON.stringify(presentDevice(row, now))).join()
    if (text !== '') {
      hash.update(text)
      parts.push(text)
    }
    afterIam = rows.at(-1)?.iam ?? null
    if (rows.length < CHUNK) break
  }
  const bytes = Buffer.from(`{"items":[${parts.join()}],"nextCursor":null,"at":"${presentTime(now)}"}`)
  // Weak: the time of the answer is not part of it.
  return { bytes, etag: `W/"${hash.digest('base64url')}"` }
}

function keyOf(scope: GroupScope): string {
  return 'all' in scope ? 'all' : scope.groupIds.toSorted((a, b) => a - b).join()
}
