import type { AuditRow } from '@paikea/database'
import { presentTime } from '../../http/fields.ts'
import type { AuditView } from './schema.ts'

/** An entry of the audit log; entries of earlier versions hold the request in `after`. */
export function presentAudit({ detail, ...row }: AuditRow): AuditView {
  return { ...row, at: presentTime(row.at), before: row.before ?? null, after: row.after ?? detail ?? null }
}
