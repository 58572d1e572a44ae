import {
  changeAirtimeBudget,
  hasRole,
  overrideAirtime,
  readAirtime,
  readAirtimeBudgets,
  type AirtimeBudget,
} from '@paikea/operations'
import { invalidFields } from '../../http/api-error.ts'
import { presentTime } from '../../http/fields.ts'
import { ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import {
  AirtimeQuery,
  AirtimeSchema,
  BudgetsSchema,
  ChangeBudgetSchema,
  OverriddenSchema,
  OverrideSchema,
} from './schema.ts'

const route = routeFor<Pick<Services, 'db' | 'dispatcher'>>()

/** Satellite spending and its limits. */
export const airtimeRoutes = [
  route({
    method: 'GET',
    path: '/v1/airtime',
    summary: 'Credits spent in a month, by device, modem or group, and the levels passed',
    access: 'viewer',
    limit: 'reads',
    query: AirtimeQuery,
    answer: AirtimeSchema,
    run: async ({ query: { by, month, groupId }, principal, scope }, { db }) => {
      if (groupId !== undefined && !hasRole(principal, groupId, 'viewer')) {
        throw invalidFields([{ field: 'groupId', code: 'unknown-group', message: 'there is no such group' }])
      }
      const at = month === undefined ? new Date() : new Date(`${month}-01T00:00:00Z`)
      const found = await readAirtime(db, { scope: groupId === undefined ? scope : { groupIds: [groupId] }, by, at })
      return ok({
        by,
        from: presentTime(found.from),
        to: presentTime(found.to),
        credits: found.credits,
        messages: found.messages,
        receivedCredits: found.receivedCredits,
        receivedMessages: found.receivedMessages,
        items: [...found.items],
        warnings: found.warnings.map((one) => ({
          scope: one.scopeKind,
          groupId: one.groupId,
          iam: one.iam,
          period: one.period,
          level: one.level,
          limitCredits: one.limitCredits,
          spentCredits: one.spentCredits,
          at: presentTime(one.at),
        })),
      })
    },
  }),

  route({
    method: 'GET',
    path: '/v1/airtime/budgets',
    summary: 'Levels that warn or stop, and what has been spent',
    access: 'viewer',
    limit: 'reads',
    answer: BudgetsSchema,
    run: async ({ scope }, { db }) =>
      ok({ items: (await readAirtimeBudgets(db, { scope, now: new Date() })).map(present) }),
  }),

  route({
    method: 'PUT',
    path: '/v1/airtime/budgets',
    summary: 'Set the level that warns and the level that stops sending',
    access: 'admin',
    limit: 'writes',
    body: ChangeBudgetSchema,
    answer: BudgetsSchema,
    problems: ['not-found'],
    run: async ({ body, principal, scope }, { db, dispatcher }) => {
      await changeAirtimeBudget({ db, caller: principal }, body)
      dispatcher?.sweepSoon?.()
      return ok({ items: (await readAirtimeBudgets(db, { scope, now: new Date() })).map(present) })
    },
  }),

  route({
    method: 'POST',
    path: '/v1/airtime/override',
    summary: 'Lift a stop for some hours; the reason is audited',
    access: 'admin',
    limit: 'writes',
    body: OverrideSchema,
    answer: OverriddenSchema,
    problems: ['not-found', 'no-stop'],
    run: async ({ body, principal }, { db, dispatcher }) => {
      const { until } = await overrideAirtime({ db, caller: principal }, body)
      dispatcher?.sweepSoon?.()
      return ok({ until: presentTime(until) })
    },
  }),
] as const

function present(budget: AirtimeBudget) {
  return { ...budget, overrideUntil: presentTime(budget.overrideUntil) }
}
