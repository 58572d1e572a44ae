import {
  type Database,
  findLastEnded,
  findLastReceipt,
  listAlertRules,
  listAtSea,
  listFleet,
  listOpenAlerts,
  listParked,
  listReportTimes,
  listSuspectDevices,
} from '@paikea/database'
import { generationOf, toKnowledge } from '@paikea/delivery'
import { type AlertRules, DEFAULT_ALERT_RULES } from '@paikea/domain'
import { estimateIntervalMinutes } from '@paikea/schedule'
import { judgeDevice } from '../judge/device.ts'
import type { Finding } from '../judge/finding.ts'
import { judgeDisk, judgeParked } from '../judge/parked-and-disk.ts'
import type { Subject } from '../judge/subject.ts'
import { judgeVendor } from '../judge/vendor.ts'
import type { CertificateWatch } from './certificates.ts'
import { findAirtime } from './find-airtime.ts'
import type { Shores } from './shores.ts'

/** Reports whose spacing reveals a v2 buoy's interval. */
const SPACING_REPORTS = 6

/** Free space under the data folder. */
export type DiskReader = () => Promise<{ readonly freeBytes: number; readonly totalBytes: number }>

/** All alerts that apply now and that the groups want. */
export interface Look {
  readonly findings: readonly Finding[]
  readonly rules: ReadonlyMap<number, AlertRules>
}

/** Caches the intervals of v2 buoys: each costs a query, and changes only with a report. */
export type IntervalMemory = Map<number, { readonly reportAtMs: number; readonly minutes: number | null }>

/** Examines the whole store. */
export async function lookAround(
  db: Database,
  {
    now,
    disk,
    intervals,
    shores,
    certificates,
  }: {
    readonly now: Date
    readonly disk: DiskReader | null
    readonly intervals: IntervalMemory
    readonly shores: Shores
    readonly certificates: CertificateWatch
  },
): Promise<Look> {
  const everything = { all: true } as const
  const [devices, suspects, atSea, rules, open, last, receipt, parked, airtime] = await Promise.all([
    listFleet(db, { scope: everything }),
    listSuspectDevices(db),
    listAtSea(db, { now }),
    listAlertRules(db),
    listOpenAlerts(db),
    findLastEnded(db, { kind: 'vendor-silent' }),
    findLastReceipt(db),
    listParked(db),
    findAirtime(db, { now }),
  ])
  const subjects: Subject[] = []
  for (const device of devices) {
    const minutes = await intervalOf(db, device, intervals)
    subjects.push({
      device,
      knowledge: toKnowledge(device, minutes),
      suspectAt: suspects.get(device.id) ?? null,
      isAtSea: atSea.get(device.id) ?? true,
      shore: await shores.of(device),
    })
  }
  const heard = [receipt, ...devices.map(({ lastSeenAt }) => lastSeenAt)].filter((at) => at !== null)
  const lastReceiptAt = heard.reduce<Date | null>((newest, at) => (newest === null || at > newest ? at : newest), null)
  const vendor = judgeVendor(subjects, { lastReceiptAt, now })
  const openKeys = new Set(open.flatMap(({ openKey }) => openKey ?? []))
  // If its alert is still open in the database, the silence ends in this very round.
  const ending = open.find(({ kind }) => kind === 'vendor-silent')
  const over = ending === undefined ? last : { since: ending.since, endedAt: now }
  const circumstances = { vendor: vendor?.silence ?? over, open: openKeys, now }
  const findings = [
    ...(vendor === null ? [] : [vendor.finding]),
    ...subjects.flatMap((subject) =>
      judgeDevice(subject, { ...circumstances, rules: rules.get(subject.device.group.id) ?? DEFAULT_ALERT_RULES }),
    ),
    ...[...judgeParked(parked), ...airtime, ...certificates.find(now, open)].filter(
      ({ groupId, kind }) => groupId === null || !isOff(rules.get(groupId), kind),
    ),
    ...(disk === null ? [] : judgeDisk(await disk(), now)),
  ]
  return { findings, rules }
}

function isOff(rules: AlertRules | undefined, kind: Finding['kind']): boolean {
  return rules?.off.includes(kind) ?? false
}

async function intervalOf(
  db: Database,
  device: Parameters<typeof generationOf>[0] & { readonly id: number },
  memory: IntervalMemory,
): Promise<number | null> {
  if (generationOf(device) !== 'v2') return null
  const reportAtMs = device.state?.lastReportAt?.getTime() ?? 0
  const known = memory.get(device.id)
  if (known?.reportAtMs === reportAtMs) return known.minutes
  const times = await listReportTimes(db, { deviceId: device.id, limit: SPACING_REPORTS })
  const minutes = estimateIntervalMinutes(times)
  memory.set(device.id, { reportAtMs, minutes })
  return minutes
}
