import { setTimeout as sleep } from 'node:timers/promises'

import type { Random } from '../torture/random.ts'
import type { Victim } from '../torture/victim.ts'

/** Kinds of part with their processes: one of each kind is killed. */
const KINDS: readonly (readonly string[])[] = [
  ['api-1', 'api-2'],
  ['worker-1', 'worker-2'],
  ['temporal-frontend'],
  ['temporal-history'],
  ['temporal-matching'],
  ['temporal-worker'],
  ['postgres'],
  ['mariadb'],
  ['mariadb-replica'],
  ['nginx'],
]

/** One kill and restart. */
export interface Kill {
  readonly part: string
  readonly atMs: number
  /** When it was up again. */
  readonly upAtMs: number
}

/** Number of kills in a run. */
export const KILLS = KINDS.length

/**
 * Kills one process of each kind with -9, in random order; each stays down for up to three seconds. The schedule counts
 * from the start, so that a part slow to come up does not push later kills past the end of the messages; the next kill
 * does wait for it, though.
 */
export async function killOneOfEach(options: {
  readonly victims: ReadonlyMap<string, Victim>
  readonly random: Random
  readonly gapMs: number
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}): Promise<readonly Kill[]> {
  const order = KINDS.map((names) => ({ part: options.random.pick(names), place: options.random.next() })).toSorted(
    (one, other) => one.place - other.place,
  )
  const kills: Kill[] = []
  const beganAt = performance.now()
  for (const [index, { part }] of order.entries()) {
    await sleep(Math.max(0, beganAt + (index + 0.5) * options.gapMs - performance.now()))
    if (options.signal.aborted) break
    const victim = options.victims.get(part)
    if (victim === undefined) throw new Error(`no part ${part}`)
    const atMs = Date.now()
    await victim.hit({ afterMs: 0, part, kind: 'kill', shiftSeconds: 0, forMs: options.random.int(0, 3_000) })
    const upAtMs = Date.now()
    options.say(`killed ${part}; up again after ${((upAtMs - atMs) / 1000).toFixed(1)} s`)
    kills.push({ part, atMs, upAtMs })
  }
  return kills
}
