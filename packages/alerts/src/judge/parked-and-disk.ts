import type { ParkedRow } from '@paikea/database'
import { type Finding, sayTime } from './finding.ts'

/** Below either of them the database will soon be unable to write. */
const LEAST_FREE_BYTES = 500_000_000
const LEAST_FREE_PART = 0.05

/** Deliveries that wait for an operator, one alert per destination. */
export function judgeParked(rows: readonly ParkedRow[]): readonly Finding[] {
  return rows.map(({ groupId, targetKey, count, since, reason }) => ({
    kind: 'deliveries-parked',
    groupId,
    deviceId: null,
    openKey: `deliveries-parked/${String(groupId ?? 'all')}/${targetKey}`.slice(0, 100),
    summary: `${String(count)} deliveries to ${targetKey} wait for an operator since ${sayTime(since)}${reason === null ? '' : ` (${reason})`}.`,
    advice: 'Open one of them to see what is wrong. Fix it (credentials, credit, line rental, address), then resume.',
    since,
  }))
}

/** Free space on the data folder's disk. */
export function judgeDisk(
  disk: { readonly freeBytes: number; readonly totalBytes: number },
  now: Date,
): readonly Finding[] {
  const { freeBytes, totalBytes } = disk
  if (freeBytes >= LEAST_FREE_BYTES && freeBytes >= totalBytes * LEAST_FREE_PART) return []
  return [
    {
      kind: 'disk-low',
      groupId: null,
      deviceId: null,
      openKey: 'disk-low',
      summary: `The disk of the data folder has ${(freeBytes / 1e6).toFixed(0)} MB left.`,
      advice:
        'Free space, starting with old backups. While the disk is full, nothing can be stored, and the vendor has to retry.',
      since: now,
    },
  ]
}
