import { accountHalts, countHeld } from '@paikea/database'
import { allTargets, findTarget, type Target } from '@paikea/delivery'
import { resumeVendorAccount } from '@paikea/operations'
import { z } from 'zod'
import { presentTime, TimeSchema } from '../../http/fields.ts'
import { ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'

const route = routeFor<Pick<Services, 'db' | 'dispatcher'>>()

/** Our account at a service that charges credits. */
const VendorAccountSchema = z.object({
  /** The target kind that it pays for. */
  kind: z.string(),
  name: z.string(),
  /** `parked`: the service refuses everything; deliveries wait in the database. */
  state: z.enum(['active', 'parked']),
  /** In plain words; `null`: active. */
  stateReason: z.string().nullable(),
  stateReasonCode: z.string().nullable(),
  whatToDo: z.string().nullable(),
  stateChangedAt: TimeSchema.nullable(),
  /** When the service is next probed. */
  probeAt: TimeSchema.nullable(),
  /** Deliveries that wait for it. */
  waiting: z.int(),
})
const VendorAccountsSchema = z.object({ items: z.array(VendorAccountSchema), nextCursor: z.null() })
const VendorAccountParams = z.object({ kind: z.string().max(16) })

/** Accounts at services that charge credits. */
export const vendorAccountRoutes = [
  route({
    method: 'GET',
    path: '/v1/vendor-accounts',
    summary: 'Accounts with the services that charge credits, and whether they accept messages',
    access: 'viewer',
    limit: 'reads',
    answer: VendorAccountsSchema,
    run: async (_request, { db }) => {
      const held = await countHeld(db)
      const targets = allTargets().filter(({ account }) => account !== undefined)
      const items = targets.map(async (target) =>
        present(target, await accountHalts.find(db, target.kind), held.get(target.kind) ?? 0),
      )
      return ok({ items: await Promise.all(items), nextCursor: null })
    },
  }),

  route({
    method: 'POST',
    path: '/v1/vendor-accounts/:kind/resume',
    summary: 'Resume an account: deliveries that wait behind it continue',
    access: 'operator',
    limit: 'writes',
    params: VendorAccountParams,
    answer: VendorAccountSchema,
    problems: ['wrong-state'],
    run: async ({ params, principal }, { db, dispatcher }) => {
      await resumeVendorAccount({ db, caller: principal }, params)
      dispatcher?.sweepSoon?.()
      const target = findTarget(params.kind)
      if (target === null) throw new Error('it existed a moment ago')
      const held = await countHeld(db)
      return ok(present(target, await accountHalts.find(db, params.kind), held.get(params.kind) ?? 0))
    },
  }),
] as const

type AccountRow = Awaited<ReturnType<typeof accountHalts.find>>

function present(target: Target, row: AccountRow, waiting: number) {
  const reason = row?.state === 'parked' ? (row.reasonCode ?? 'unknown') : null
  const words = reason === null ? null : target.words.park(reason)
  return {
    kind: target.kind,
    name: target.account?.name ?? target.kind,
    state: row?.state ?? ('active' as const),
    stateReason: words?.what ?? null,
    stateReasonCode: reason,
    whatToDo: words?.whatToDo ?? null,
    stateChangedAt: presentTime(row?.stateChangedAt ?? null),
    probeAt: presentTime(row?.probeAt ?? null),
    waiting,
  }
}
