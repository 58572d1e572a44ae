import { listAudit } from '@paikea/database'
import { scopeOf } from '@paikea/operations'
import { pageById } from '../../http/cursor.ts'
import { ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { presentAudit } from './presenter.ts'
import { AuditPage, ListAuditQuery } from './schema.ts'

const route = routeFor<Pick<Services, 'db'>>()

/** The audit log. */
export const auditRoutes = [
  route({
    method: 'GET',
    path: '/v1/audit',
    summary: 'Audit log: what was done, by whom and from where, newest first',
    access: 'admin',
    limit: 'reads',
    query: ListAuditQuery,
    answer: AuditPage,
    problems: ['invalid-cursor'],
    run: async ({ query, principal }, { db }) => {
      const { actor, subject } = query
      const scope = scopeOf(principal, 'admin')
      return ok(await pageById(query, (page) => listAudit(db, { scope, actor, subject, ...page }), presentAudit))
    },
  }),
] as const
