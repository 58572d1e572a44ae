import type { NewInbound } from './types.ts'

const MAX_INT = 2 ** 31 - 1

/** The same delivery reduced to what certainly fits: the raw body, the key, and the reason. */
export function asQuarantined(item: NewInbound, reason: unknown): NewInbound {
  return {
    ...item,
    imei: item.imei !== null && /^\d{15}$/.test(item.imei) ? item.imei : null,
    momsn: fitsInteger(item.momsn),
    sessionStatus: fitsInteger(item.sessionStatus),
    transmitTime: isTime(item.transmitTime) ? item.transmitTime : null,
    receivedAt: isTime(item.receivedAt) ? item.receivedAt : new Date(),
    state: 'quarantined',
    reasonCode: 'not-storable',
    reasonDetail: reason instanceof Error ? `${reason.name}: ${reason.message}` : 'not an error',
    decoded: null,
    report: null,
  }
}

function fitsInteger(value: number | null): number | null {
  return value !== null && Number.isInteger(value) && Math.abs(value) <= MAX_INT ? value : null
}

/** MySQL's range starts with the year 1000. */
function isTime(value: Date | null): value is Date {
  return value !== null && value.getTime() >= Date.UTC(1000, 0, 1) && value.getTime() < Date.UTC(10_000, 0, 1)
}
