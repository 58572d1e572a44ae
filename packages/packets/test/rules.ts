/** What must hold for the result of any input; each check throws with what was broken. */
import { DECODE_FAILURE_CODES, FIELD_PROBLEM_CODES, type DecodeContext, type DecodeResult } from '../src/report.ts'
import { assert } from './harness.ts'

const DAY_MS = 86_400_000
const MAX_AHEAD_MS = 600_000

/** Checks a result of `decode`. */
export function checkResult(result: DecodeResult, { transmitTime, receivedAt }: DecodeContext): void {
  if (!result.ok) {
    must(Object.hasOwn(DECODE_FAILURE_CODES, result.reason.code), 'a failure has a documented code')
    return
  }
  const { report } = result
  for (const { code, field, raw } of report.problems) {
    must(Object.hasOwn(FIELD_PROBLEM_CODES, code), 'a problem has a documented code')
    must(raw.length <= 81 && field.length <= 41, 'a problem is short')
  }
  must(report.problems.length <= 33, 'problems are few')
  if (report.kind !== 'position') return
  const { latitudeDegrees, longitudeDegrees, fixAt, fixSkewSeconds, status } = report
  must(report.hasFix === (latitudeDegrees !== null && longitudeDegrees !== null), 'a fix is two coordinates')
  must(isNullOrWithin(latitudeDegrees, -90, 90) && isNullOrWithin(longitudeDegrees, -180, 180), 'a fix is on the globe')
  must(fixAt === null || report.hasFix, 'only a fix has a time')
  const aheadMs = fixAt === null ? 0 : fixAt.getTime() - (transmitTime ?? receivedAt).getTime()
  must(aheadMs <= MAX_AHEAD_MS && aheadMs > -DAY_MS, 'a fix lies in the day before its transmission')
  const isNowhere = Math.hypot(latitudeDegrees ?? 1, longitudeDegrees ?? 1) < 0.000_17
  must(!isNowhere, 'null island is no fix')
  must((fixSkewSeconds === null) === (fixAt === null || transmitTime === null), 'a dated fix has a skew')
  must(
    isNullOrWithin(report.sogKnots, 0, 999) && isNullOrWithin(report.cogDegrees, 0, 360),
    'speed and course are true',
  )
  must(isNullOrWithin(report.batteryVolts, 0, 99), 'the voltage is true')
  for (const value of [report.intervalMinutes, report.sleepMinutes, report.reasonCode]) {
    must(isNullOrWithin(value, 0, 999_999_999) && (value === null || Number.isInteger(value)), 'a count is whole')
  }
  must((report.reason === null) === (report.reasonCode === null), 'a reason has a code')
  must((report.beaconOn === null) === (status === null), 'the beacon is part of the status')
}

function isNullOrWithin(value: number | null, min: number, max: number): boolean {
  return value === null || (value >= min && value <= max && !Object.is(value, -0))
}

function must(holds: boolean, rule: string): void {
  if (!holds) assert.fail(`broken: ${rule}`)
}
