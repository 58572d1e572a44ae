import type { DeviceView } from '@paikea/api/contract'

export const HEALTH_WORDS: Readonly<Record<DeviceView['health'], string>> = {
  ok: 'heard from in time',
  asleep: 'asleep as ordered',
  late: 'late',
  silent: 'silent',
  unknown: 'never heard from',
}

const HEALTH_REASONS: Readonly<Record<string, string>> = {
  'on-schedule': 'on schedule',
  'sleeping-as-ordered': 'sleeping as ordered',
  'report-overdue': 'report overdue',
  'retries-over': 'retries over, no report',
  'no-schedule': 'no schedule known',
  'never-reported': 'never reported',
}

/** The reason for a device's health, in words. */
export function healthReasonWords(code: string): string {
  return HEALTH_REASONS[code] ?? code
}

/** Everything noteworthy about a device, in words, worst first. @param alerts words for its open alerts */
export function stateWords(device: DeviceView, alerts: readonly string[] = []): readonly string[] {
  return [
    HEALTH_WORDS[device.health],
    ...alerts,
    ...(device.positionFrozenSince === null ? [] : ['position frozen']),
    ...(device.lastFix === null ? ['no fix yet'] : []),
    ...(device.approved ? [] : ['not approved']),
  ]
}
