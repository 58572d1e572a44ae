import type { NewReport } from './types.ts'

/** A report that keeps the time of fix of one before it. */
export function withTimeOfFix(report: NewReport, fixAt: Date, transmitTime: Date | null): NewReport {
  const fixSkewSeconds = transmitTime === null ? null : (transmitTime.getTime() - fixAt.getTime()) / 1000
  return { ...report, at: fixAt, fixAt, fixSkewSeconds }
}

/** A decoded value with the time that its fix has after all; `null` if it has that already, or has none. */
export function decodedWith(decoded: unknown, { fixAt, fixSkewSeconds }: NewReport): object | null {
  if (typeof decoded !== 'object' || decoded === null || !('fixAt' in decoded)) return null
  return JSON.stringify(decoded.fixAt) === JSON.stringify(fixAt) ? null : { ...decoded, fixAt, fixSkewSeconds }
}
