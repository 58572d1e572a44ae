import type { OutboundTurn } from '@paikea/database'

import type { Target } from '../targets/target.ts'
import { failureWords } from './failure-words.ts'
import { spreadMs, retryDelayMs } from './backoff.ts'
import type { AttemptRecord, EndpointFinding } from './outcome.ts'

/** An endpoint that has accepted nothing for this long is paused: its deliveries wait as rows, not as workflows. */
const PAUSE_AFTER_MS = 60_000
/** Never probed: the receiver said that it wants nothing more. */
const FOR_GOOD: ReadonlySet<string> = new Set(['receiver-gone'])
/** The request never reached the endpoint, so this says nothing about it. */
const OWN_FAULTS: ReadonlySet<string> = new Set(['no-free-slot', 'database-slow'])

/**
 * Decides what becomes of a delivery after a send. A refusal that concerns the account parks the account, and the
 * delivery waits as a row. For programs: what may have arrived is sent again with the same id; a wrong address pauses
 * the endpoint instead of parking each delivery; and what did not get through gets a workflow that retries.
 */
export function judgeRecord(record: AttemptRecord, row: OutboundTurn, target: Target, nowMs: number): AttemptRecord {
  const { reasonCode, reasonDetail } = record
  if (record.state === 'parked' && reasonCode !== null && target.account?.parkedBy.has(reasonCode) === true) {
    const account = { kind: target.kind, reasonCode, reasonDetail: reasonDetail ?? reasonCode }
    return { ...record, state: 'queued', account, next: { lane: 'held', retryAtMs: null } }
  }
  if (target.triedBy !== 'message') return record
  const { receiver } = target.words
  const mayHaveIt = record.state === 'unknown' && target.mayRepeatUnknown
  const isOpen = mayHaveIt || record.state === 'queued' || record.state === 'parked'
  const endpoint = findingOf(record, row, { isOpen, receiver, nowMs })
  if (!isOpen) return { ...record, endpoint }
  const isPaused = endpoint?.pause != null || (row.endpoint !== null && row.endpoint.state !== 'active')
  const lane = isPaused ? 'direct' : 'workflow'
  const pauseMs = spreadMs(retryDelayMs(record.attempt, record.retryAfterMs))
  return {
    ...record,
    outcome: mayHaveIt ? 'unknown' : 'try-later',
    state: 'queued',
    reasonDetail: mayHaveIt
      ? `${failureWords(receiver, record.reasonCode ?? 'unknown')} It may have received it; it is sent again with the same id.`
      : record.reasonDetail,
    endpoint,
    // A delivery with a workflow keeps its own timer.
    next: { lane, retryAtMs: isPaused || row.lane === 'workflow' ? null : nowMs + pauseMs },
  }
}

function findingOf(
  record: AttemptRecord,
  { endpoint }: OutboundTurn,
  { isOpen, receiver, nowMs }: { readonly isOpen: boolean; readonly receiver: string; readonly nowMs: number },
): EndpointFinding | null {
  const reason = record.reasonCode ?? 'unknown'
  if (endpoint === null || OWN_FAULTS.has(reason)) return null
  const endpointId = endpoint.id
  const wasFailing = endpoint.failingSince !== null
  if (record.state === 'sent') return wasFailing ? { endpointId, isFailing: false, pause: null } : null
  if (!isOpen) return null
  if (record.state === 'parked') {
    const reasonDetail = record.reasonDetail ?? reason
    return {
      endpointId,
      isFailing: true,
      pause: { reasonCode: reason, reasonDetail, probes: !FOR_GOOD.has(reason) },
    }
  }
  const sinceMs = endpoint.failingSince?.getTime() ?? nowMs
  if (nowMs - sinceMs < PAUSE_AFTER_MS) return { endpointId, isFailing: true, pause: null }
  const since = new Date(sinceMs).toISOString()
  const reasonDetail = `Nothing has got through since ${since}. The last attempt: ${failureWords(receiver, reason)} It is retried automatically.`
  return { endpointId, isFailing: true, pause: { reasonCode: 'failing', reasonDetail, probes: true } }
}
