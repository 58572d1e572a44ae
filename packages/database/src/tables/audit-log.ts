import { bigId, integer, json, now, orNull, text } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** Who did what to which thing. `actor` is `user/<id>`, `token/<id>` or `system/<part>`. */
export const AUDIT_LOG = table('audit_log', {
  id: bigId,
  at: now,
  actor: text(120),
  action: text(64),
  subject: orNull(text(160)),
  /** Of entries written before `beforeState` and `afterState` existed. */
  detail: json((value) => value),
  groupId: orNull(integer),
  address: orNull(text(45)),
  beforeState: json((value) => value),
  afterState: json((value) => value),
})

export type AuditLog = ModelOf<typeof AUDIT_LOG>
