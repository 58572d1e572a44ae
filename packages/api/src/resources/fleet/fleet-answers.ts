import { createHash } from 'node:crypto'
import { listFleet, type Database } from '@paikea/database'
import { scopeOf, type Caller } from '@paikea/operations'
import { presentTime } from '../../http/fields.ts'
import { createSharedAnswers } from '../../load/shared-answers.ts'
import { presentDevice } from '../devices/presenter.ts'

/** The serialised fleet, shared by all callers with the same scope. */
export interface FleetAnswer {
  readonly bytes: Buffer
  /** Stays the same while no device changes, whatever the time. */
  readonly etag: string
}

/** The parts of a caller that decide what is visible. */
type Viewer = Pick<Caller, 'isSystemAdmin' | 'roles'>

/** Provides the fleet. */
export interface FleetAnswers {
  /** @throws GateFullError if too many callers wait */
  get(viewer: Viewer, signal: AbortSignal): Promise<FleetAnswer>
}

/** Devices read and serialised between checks for whether anyone still waits. */
const CHUNK = 1_000
/** A fleet of ten thousand is 6 MB; building four takes a second of one processor. */
const BOUNDS = { concurrency: 2, maxWaiting: 200, patienceMs: 10_000 }

/** Shares one build at a time among all callers with the same scope. */
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

/** The visible groups, and those of them whose modem serials are shown. */
function keyOf(viewer: Viewer): string {
  const groups = (['viewer', 'operator'] as const).map((role) => {
    const scope = scopeOf(viewer, role)
    return 'all' in scope ? 'all' : scope.groupIds.toSorted((a, b) => a - b).join()
  })
  return groups.join('/')
}
