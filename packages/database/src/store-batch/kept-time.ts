import type { NewReport } from './types.ts'

/** A report that keeps the fix time of an earlier one. */
export function withTimeOfFix(report: NewReport, fixAt: Date, transmitTime: Date | null): NewReport {
  const fixSkewSeconds = transmitTime === null ? null : (transmitTime.getTime() - fixAt.getTime()) / 1000
  return { ...report, at: fixAt, fixAt, fixSkewSeconds }
}

/** A decoded value with its fix's corrected time; `null` if it already has that, or has no fix. */
export function decodedWith(decoded: unknown, { fixAt, fixSkewSeconds }: NewReport): object | null {
  if (typeof decoded !== 'object' || decoded === null || !('fixAt' in decoded)) return null
  return JSON.stringify(decoded.fixAt) === JSON.stringify(fixAt) ? null : { ...decoded, fixAt, fixSkewSeconds }
}
