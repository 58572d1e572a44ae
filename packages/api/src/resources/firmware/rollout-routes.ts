import {
  findRollout,
  listRolloutDevices,
  listRollouts,
  type Database,
  type GroupScope,
  type RolloutRow,
} from '@paikea/database'
import { approveStage, cancelRollout, createRollout, pauseRollout, resumeRollout } from '@paikea/operations'
import { notFound } from '../../http/api-error.ts'
import { pageById } from '../../http/cursor.ts'
import { created, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { presentRollout, presentRolloutDevices } from './presenter.ts'
import {
  CalendarSchema,
  CreateRolloutSchema,
  FirmwareParams,
  ListRolloutsQuery,
  RolloutDetailSchema,
  RolloutPage,
  RolloutSchema,
} from './schema.ts'

const route = routeFor<Pick<Services, 'db' | 'firmware'>>()
/** The newest roll-outs, which the calendar covers. */
const CALENDAR_ROLLOUTS = 50

const change = {
  access: 'operator',
  limit: 'writes',
  params: FirmwareParams,
  answer: RolloutSchema,
  problems: ['wrong-state'],
} as const

/** Staged roll-outs of a release. */
export const rolloutRoutes = [
  route({
    method: 'GET',
    path: '/v1/firmware/rollouts',
    summary: 'Roll-outs, newest first',
    access: 'viewer',
    limit: 'reads',
    query: ListRolloutsQuery,
    answer: RolloutPage,
    problems: ['invalid-cursor'],
    run: async ({ query, scope }, { db }) =>
      ok(await pageById(query, (page) => listRollouts(db, { scope, ...page }), presentRollout)),
  }),

  route({
    method: 'POST',
    path: '/v1/firmware/rollouts',
    summary: 'Roll a release out in stages',
    access: 'operator',
    limit: 'writes',
    body: CreateRolloutSchema,
    answer: RolloutSchema,
    status: 201,
    problems: ['release-not-ready'],
    run: async ({ body, principal }, { db, firmware }) => {
      const rollout = await createRollout({ db, caller: principal }, body)
      firmware?.notify()
      return created(presentRollout(rollout), `/v1/firmware/rollouts/${String(rollout.id)}`)
    },
  }),

  route({
    method: 'GET',
    path: '/v1/firmware/rollouts/:id',
    summary: 'A roll-out with its devices and what each is waiting for',
    access: 'viewer',
    limit: 'reads',
    params: FirmwareParams,
    answer: RolloutDetailSchema,
    run: async ({ params, scope }, { db }) => {
      const rollout = await find(db, scope, params.id)
      const devices = await listRolloutDevices(db, { rolloutId: rollout.id })
      return ok({ ...presentRollout(rollout), devices: presentRolloutDevices(rollout, devices) })
    },
  }),

  route({
    method: 'GET',
    path: '/v1/firmware/calendar',
    summary: 'What each device is waiting for, over all open roll-outs',
    access: 'viewer',
    limit: 'reads',
    answer: CalendarSchema,
    run: async ({ scope }, { db }) => {
      const rollouts = await listRollouts(db, { scope, limit: CALENDAR_ROLLOUTS, afterId: null })
      const open = rollouts.filter(({ state }) => state !== 'done' && state !== 'cancelled')
      const items = await Promise.all(
        open.map(async (rollout) => {
          const devices = await listRolloutDevices(db, { rolloutId: rollout.id })
          const { id: rolloutId, releaseId, releaseRef: ref } = rollout
          return presentRolloutDevices(rollout, devices)
            .filter(({ waitsFor }) => waitsFor.for !== 'nothing')
            .map((device) => ({ ...device, rolloutId, releaseId, ref }))
        }),
      )
      return ok({ items: items.flat() })
    },
  }),

  route({
    ...change,
    method: 'POST',
    path: '/v1/firmware/rollouts/:id/approve',
    summary: 'Approve the next stage',
    run: async ({ params, principal }, { db, firmware }) => {
      const rollout = await approveStage({ db, caller: principal }, params)
      firmware?.wake('rollout', rollout.id)
      return ok(presentRollout(rollout))
    },
  }),

  route({
    ...change,
    method: 'POST',
    path: '/v1/firmware/rollouts/:id/pause',
    summary: 'Hold a roll-out',
    run: async ({ params, principal }, { db, firmware }) => {
      const rollout = await pauseRollout({ db, caller: principal }, params)
      firmware?.wake('rollout', rollout.id)
      return ok(presentRollout(rollout))
    },
  }),

  route({
    ...change,
    method: 'POST',
    path: '/v1/firmware/rollouts/:id/resume',
    summary: 'Resume a roll-out',
    run: async ({ params, principal }, { db, firmware }) => {
      const rollout = await resumeRollout({ db, caller: principal }, params)
      firmware?.wake('rollout', rollout.id)
      return ok(presentRollout(rollout))
    },
  }),

  route({
    ...change,
    method: 'POST',
    path: '/v1/firmware/rollouts/:id/cancel',
    summary: 'Cancel a roll-out; running upgrades continue',
    run: async ({ params, principal }, { db, firmware }) => {
      const rollout = await cancelRollout({ db, caller: principal }, params)
      firmware?.wake('rollout', rollout.id)
      const devices = await listRolloutDevices(db, { rolloutId: rollout.id })
      // Upgrades not yet begun are cancelled too; their own workflows would notice only hours later.
      for (const { jobId, jobState } of devices) {
        if (jobId !== null && jobState === 'cancelled') firmware?.wake('upgrade', jobId)
      }
      return ok(presentRollout(rollout))
    },
  }),
] as const

async function find(db: Database, scope: GroupScope, id: number): Promise<RolloutRow> {
  const rollout = await findRollout(db, { scope, id })
  if (rollout === null) throw notFound('roll-out')
  return rollout
}
