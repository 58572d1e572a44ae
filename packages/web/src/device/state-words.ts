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

/** Why a device is held to be as it is, in words. */
export function healthReasonWords(code: string): string {
  return HEALTH_REASONS[code] ?? code
}

/** All that is remarkable of a device, in words, the worst first. @param alerts words of what rings of it */
export function stateWords(device: DeviceView, alerts: readonly string[] = []): readonly string[] {
  return [
    HEALTH_WORDS[device.health],
    ...alerts,
    ...(device.positionFrozenSince === null ? [] : ['position frozen']),
    ...(device.lastFix === null ? ['no fix yet'] : []),
    ...(device.approved ? [] : ['not approved']),
  ]
}
