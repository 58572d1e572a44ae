import { createHash } from 'node:crypto'
import { listFleet, type Database } from '@paikea/database'
import { scopeOf, type Caller } from '@paikea/operations'
import { presentTime } from '../../http/fields.ts'
import { createSharedAnswers } from '../../load/shared-answers.ts'
import { presentDevice } from '../devices/presenter.ts'

/** A fleet as bytes, for all who may see the same. */
export interface FleetAnswer {
  readonly bytes: Buffer
  /** The same while no device has changed, whatever the time. */
  readonly etag: string
}

/** As far as it decides what one sees. */
type Viewer = Pick<Caller, 'isSystemAdmin' | 'roles'>

/** Gives the fleet. */
export interface FleetAnswers {
  /** @throws GateFullError when too many wait */
  get(viewer: Viewer, signal: AbortSignal): Promise<FleetAnswer>
}

/** Read, presented and written before it is seen whether anyone still waits. */
const CHUNK = 1_000
/** A fleet of ten thousand is 6 MB, and a second of one processor for four of them. */
const BOUNDS = { concurrency: 2, maxWaiting: 200, patienceMs: 10_000 }

/** Builds one answer at a time for all who may see the same, however many ask. */
export function createFleetAnswers(db: Database): FleetAnswers {
  const answers = createSharedAnswers<FleetAnswer>(BOUNDS)
  return { get: (viewer, signal) => answers.get(keyOf(viewer), (stop) => buildFleet(db, viewer, stop), signal) }
}

async function buildFleet(db: Database, viewer: Viewer, signal: AbortSignal): Promise<FleetAnswer> {
  const scope = scopeOf(viewer)
  const now = new Date()
  const hash = createHash('sha256')
  const parts: string[] = []
  for (let afterIam: string | null = null; ;) {
    const rows = await listFleet(db, { scope, afterIam, limit: CHUNK })
    signal.throwIfAborted()
    const text = rows.map((row) => JSON.stringify(presentDevice(row, now, viewer))).join()
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

/** Groups, and those of them whose modems' serials are shown. */
function keyOf(viewer: Viewer): string {
  const groups = (['viewer', 'operator'] as const).map((role) => {
    const scope = scopeOf(viewer, role)
    return 'all' in scope ? 'all' : scope.groupIds.toSorted((a, b) => a - b).join()
  })
  return groups.join('/')
}
