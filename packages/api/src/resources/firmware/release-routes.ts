import {
  findRelease,
  listReleaseFiles,
  listReleaseRefs,
  listReleases,
  type Database,
  type ReleaseRow,
} from '@paikea/database'
import { compareReleases } from '@paikea/firmware'
import { cancelRelease, requestRelease, resumeRelease } from '@paikea/operations'
import { notFound } from '../../http/api-error.ts'
import { pageById } from '../../http/cursor.ts'
import { created, ok } from '../../route-table/answer.ts'
import { routeFor } from '../../route-table/route.ts'
import type { Services } from '../../services.ts'
import { presentRelease } from './presenter.ts'
import {
  FirmwareParams,
  ListReleasesQuery,
  ReleaseChangesQuery,
  ReleaseChangesSchema,
  ReleaseDetailSchema,
  ReleasePage,
  ReleaseSchema,
  RequestReleaseSchema,
  type ReleaseView,
} from './schema.ts'

const route = routeFor<Pick<Services, 'db' | 'firmware'>>()

/** Commits of the firmware repository that can be served to devices. */
export const releaseRoutes = [
  route({
    method: 'GET',
    path: '/v1/firmware/releases',
    summary: 'Releases, newest first',
    access: 'viewer',
    limit: 'reads',
    query: ListReleasesQuery,
    answer: ReleasePage,
    problems: ['invalid-cursor'],
    run: async ({ query }, { db }) => {
      const page = await pageById(
        query,
        (at) => listReleases(db, { ...at, state: query.state }),
        (row) => row,
      )
      const refs = await listReleaseRefs(db, { releaseIds: page.items.map(({ id }) => id) })
      return ok({ ...page, items: page.items.map((row) => presentRelease(row, refs)) })
    },
  }),

  route({
    method: 'POST',
    path: '/v1/firmware/releases',
    summary: 'Create a release from a branch, tag or commit; 200 if it already exists',
    access: 'operator',
    limit: 'writes',
    body: RequestReleaseSchema,
    answer: ReleaseSchema,
    status: [201, 200],
    run: async ({ body, principal }, { db, firmware }) => {
      const stands = (await firmware?.lookUpRef(body.ref)) ?? null
      const { release, isNew } = await requestRelease({ db, caller: principal }, { ref: body.ref, stands })
      firmware?.notify()
      // A repeated request skips the wait for the next attempt.
      if (!isNew && release.state !== 'ready') firmware?.wake('release', release.id)
      const view = await present(db, release)
      return isNew ? created(view, `/v1/firmware/releases/${String(release.id)}`) : ok(view)
    },
  }),

  route({
    method: 'GET',
    path: '/v1/firmware/releases/:id',
    summary: 'A release with its files',
    access: 'viewer',
    limit: 'reads',
    params: FirmwareParams,
    answer: ReleaseDetailSchema,
    run: async ({ params }, { db }) => {
      const release = await find(db, params.id)
      const files = await listReleaseFiles(db, { releaseId: release.id })
      return ok({ ...(await present(db, release)), files: [...files] })
    },
  }),

  route({
    method: 'GET',
    path: '/v1/firmware/releases/:id/changes',
    summary: 'Files that differ from another release',
    access: 'viewer',
    limit: 'reads',
    params: FirmwareParams,
    query: ReleaseChangesQuery,
    answer: ReleaseChangesSchema,
    run: async ({ params, query }, { db }) => {
      const [to, from] = await Promise.all([find(db, params.id), find(db, query.from)])
      const [after, before] = await Promise.all(
        [to, from].map((release) => listReleaseFiles(db, { releaseId: release.id })),
      )
      const { added, removed, changed } = compareReleases(before ?? [], after ?? [])
      return ok({ from: from.id, to: to.id, added: [...added], removed: [...removed], changed: [...changed] })
    },
  }),

  route({
    method: 'POST',
    path: '/v1/firmware/releases/:id/resume',
    summary: 'Fetch a waiting release immediately',
    access: 'operator',
    limit: 'writes',
    params: FirmwareParams,
    answer: ReleaseSchema,
    problems: ['wrong-state'],
    run: async ({ params, principal }, { db, firmware }) => {
      const release = await resumeRelease({ db, caller: principal }, params)
      firmware?.wake('release', release.id)
      return ok(await present(db, release))
    },
  }),

  route({
    method: 'POST',
    path: '/v1/firmware/releases/:id/cancel',
    summary: 'Cancel a fetch',
    access: 'operator',
    limit: 'writes',
    params: FirmwareParams,
    answer: ReleaseSchema,
    problems: ['wrong-state'],
    run: async ({ params, principal }, { db, firmware }) => {
      const release = await cancelRelease({ db, caller: principal }, params)
      firmware?.wake('release', release.id)
      return ok(await present(db, release))
    },
  }),
] as const

async function find(db: Database, id: number): Promise<ReleaseRow> {
  const release = await findRelease(db, { id })
  if (release === null) throw notFound('release')
  return release
}

async function present(db: Database, release: ReleaseRow): Promise<ReleaseView> {
  return presentRelease(release, await listReleaseRefs(db, { releaseIds: [release.id] }))
}
