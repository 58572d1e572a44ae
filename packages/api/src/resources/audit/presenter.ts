import type { AuditRow } from '@paikea/database'
import { presentTime } from '../../http/fields.ts'
import type { AuditView } from './schema.ts'

/** An entry of the audit log; those of earlier versions say in `after` what was asked for. */
export function presentAudit({ detail, ...row }: AuditRow): AuditView {
  return { ...row, at: presentTime(row.at), before: row.before ?? null, after: row.after ?? detail ?? null }
}
