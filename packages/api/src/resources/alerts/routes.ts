import { type AlertRow, findDeviceNames, listAlerts, listGroups, loadAlertRules } from '@paikea/database'
import { acknowledgeAlert, setAlertRules } from '@paikea/operations'
import { notFound } from '../../http/api-error.ts'
import { pageById } from '../../http/cursor.ts'
import { presentFields } from '../../http/fields.ts'
import { noContent, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { AlertPage, AlertParams, AlertRulesSchema, type AlertView, GroupParams, ListAlertsQuery } from './schema.ts'

const route = routeFor<Pick<Services, 'db'>>()

/** Alerts, and each group's rules for them. */
export const alertRoutes = [
  route({
    method: 'GET',
    path: '/v1/alerts',
    summary: 'Alerts, open and ended, newest first',
    access: 'viewer',
    limit: 'reads',
    query: ListAlertsQuery,
    answer: AlertPage,
    problems: ['invalid-cursor'],
    run: async ({ query, scope }, { db }) => {
      const isOpen = query.state === undefined ? undefined : query.state === 'open'
      const page = await pageById(query, (keyset) => listAlerts(db, { scope, isOpen, ...keyset }), same)
      const deviceIds = page.items.flatMap(({ deviceId }) => deviceId ?? [])
      const names = await findDeviceNames(db, { deviceIds })
      return ok({ ...page, items: page.items.map((row) => present(row, names)) })
    },
  }),

  route({
    method: 'POST',
    path: '/v1/alerts/:id/acknowledge',
    summary: 'Acknowledge an alert',
    access: 'technician',
    limit: 'writes',
    params: AlertParams,
    status: 204,
    run: async ({ params, principal }, { db }) => {
      await acknowledgeAlert({ db, caller: principal }, params)
      return noContent()
    },
  }),

  route({
    method: 'GET',
    path: '/v1/groups/:id/alert-rules',
    summary: 'A group’s alert rules',
    access: 'viewer',
    limit: 'reads',
    params: GroupParams,
    answer: AlertRulesSchema,
    run: async ({ params, scope }, { db }) => {
      const visible = await listGroups(db, { scope })
      if (!visible.some(({ id }) => id === params.id)) throw notFound('group')
      return ok(mutable(await loadAlertRules(db, { groupId: params.id })))
    },
  }),

  route({
    method: 'PUT',
    path: '/v1/groups/:id/alert-rules',
    summary: 'Replace a group’s alert rules',
    access: 'operator',
    limit: 'writes',
    params: GroupParams,
    body: AlertRulesSchema,
    answer: AlertRulesSchema,
    run: async ({ params, body, principal }, { db }) => {
      const rules = await setAlertRules({ db, caller: principal }, { groupId: params.id, rules: body })
      return ok(mutable(rules))
    },
  }),
] as const

function present(row: AlertRow, names: ReadonlyMap<number, { readonly iam: string }>): AlertView {
  const fields = ['id', 'kind', 'groupId', 'summary', 'advice', 'acknowledgedBy'] as const
  const times = ['since', 'openedAt', 'endedAt', 'acknowledgedAt'] as const
  const iam = row.deviceId === null ? null : (names.get(row.deviceId)?.iam ?? null)
  return { ...presentFields(row, [...fields, ...times]), iam }
}

const same = (row: AlertRow): AlertRow => row

/** A mutable copy, as the schema's type requires. */
function mutable(rules: Awaited<ReturnType<typeof loadAlertRules>>) {
  const { quietHours } = rules
  return {
    ...rules,
    off: [...rules.off],
    watchCircles: [...rules.watchCircles],
    quietHours: quietHours === null ? null : { ...quietHours, except: [...quietHours.except] },
    emails: [...rules.emails],
    endpointIds: [...rules.endpointIds],
  }
}
