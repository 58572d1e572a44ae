import { findUpgradeJob, listReleaseFiles, listUpgradeJobs } from '@paikea/database'
import { readSeenFiles } from '@paikea/firmware'
import { cancelUpgrade, startUpgrade } from '@paikea/operations'
import { notFound } from '../../http/api-error.ts'
import { pageById } from '../../http/cursor.ts'
import { created, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { presentUpgrade } from './presenter.ts'
import {
  FirmwareParams,
  ListUpgradesQuery,
  StartUpgradeSchema,
  UpgradeDetailSchema,
  UpgradePage,
  UpgradeSchema,
} from './schema.ts'

const route = routeFor<Pick<Services, 'db' | 'firmware'>>()

/** Upgrades of devices. */
export const upgradeRoutes = [
  route({
    method: 'GET',
    path: '/v1/firmware/upgrades',
    summary: 'Upgrades, newest first',
    access: 'viewer',
    limit: 'reads',
    query: ListUpgradesQuery,
    answer: UpgradePage,
    problems: ['invalid-cursor'],
    run: async ({ query, scope }, { db }) => {
      const { iam, state, rolloutId } = query
      const load = (page: { readonly limit: number; readonly afterId: number | null }) =>
        listUpgradeJobs(db, { scope, iam, state, rolloutId, ...page })
      return ok(await pageById(query, load, presentUpgrade))
    },
  }),

  route({
    method: 'POST',
    path: '/v1/firmware/upgrades',
    summary: 'Upgrade a device the next time it asks',
    access: 'technician',
    limit: 'writes',
    body: StartUpgradeSchema,
    answer: UpgradeSchema,
    status: 201,
    problems: ['not-found', 'release-not-ready', 'upgrade-open', 'would-downgrade'],
    run: async ({ body, principal }, { db, firmware }) => {
      const job = await startUpgrade({ db, caller: principal }, body)
      firmware?.notify()
      return created(presentUpgrade(job), `/v1/firmware/upgrades/${String(job.id)}`)
    },
  }),

  route({
    method: 'GET',
    path: '/v1/firmware/upgrades/:id',
    summary: 'An upgrade with its files',
    access: 'viewer',
    limit: 'reads',
    params: FirmwareParams,
    answer: UpgradeDetailSchema,
    run: async ({ params, scope }, { db }) => {
      const job = await findUpgradeJob(db, { scope, id: params.id })
      if (job === null) throw notFound('upgrade')
      const files = await listReleaseFiles(db, { releaseId: job.releaseId })
      const isFetched = readSeenFiles(job.seenFiles, files.length)
      return ok({
        ...presentUpgrade(job),
        files: files.map(({ path, bytes }, index) => ({ path, bytes, isFetched: isFetched[index] === true })),
      })
    },
  }),

  route({
    method: 'POST',
    path: '/v1/firmware/upgrades/:id/cancel',
    summary: 'Cancel an upgrade',
    access: 'technician',
    limit: 'writes',
    params: FirmwareParams,
    answer: UpgradeSchema,
    problems: ['wrong-state'],
    run: async ({ params, principal }, { db, firmware }) => {
      const job = await cancelUpgrade({ db, caller: principal }, params)
      firmware?.wake('upgrade', job.id)
      return ok(presentUpgrade(job))
    },
  }),
] as const
