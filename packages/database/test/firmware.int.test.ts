import {
  changeRollout,
  changeUpgradeJob,
  findDeviceFirmware,
  findFailedRelease,
  findHarbourDevice,
  findOpenJob,
  findRelease,
  findReleaseByCommit,
  findRollout,
  finishRelease,
  GONE,
  insertRelease,
  insertRollout,
  insertUpgradeJob,
  listReleaseFiles,
  listReleaseRefs,
  listRolloutDevices,
  listUndispatchedFirmware,
  listUpgradeJobs,
  markFirmwareDispatched,
  noteDownloads,
  noteRefs,
  reopenRelease,
  setDeviceFirmware,
  settleRelease,
  settleRolloutDevice,
} from '@paikea/database'
import { buildDevice, databaseKinds, openTestDatabase, type TestDatabase } from '@paikea/database/testing'

const all = { all: true } as const
const now = new Date('2026-11-29T12:00:00.123Z')
const COMMIT = 'a'.repeat(40)

describe.each(databaseKinds())('firmware on %s', (kind) => {
  let db: TestDatabase
  beforeEach(async () => {
    db = await openTestDatabase(kind)
  })
  afterEach(() => db.drop())

  const begin = (ref: string) => db.write((tx) => insertRelease(db, { ref, requestedBy: 'user/1', now }, tx))
  const finish = (id: number, at = COMMIT) =>
    db.write((tx) =>
      finishRelease(
        db,
        {
          id,
          refName: 'refs/tags/v1',
          commit: at,
          tagObject: null,
          signature: null,
          signer: null,
          subject: 'first',
          committedAt: now,
          totalBytes: 3,
          flashBytes: 4096,
          files: Array.from({ length: 400 }, (_, i) => ({
            path: `core/${i}.py`,
            bytes: i,
            sha1: 'b'.repeat(40),
            sha256: 'c'.repeat(64),
          })),
          now,
        },
        tx,
      ),
    )
  const ready = async (): Promise<number> => {
    const id = await begin('v1')
    await finish(id)
    return id
  }
  const job = (deviceId: number, releaseId: number) =>
    db.write((tx) =>
      insertUpgradeJob(
        db,
        {
          deviceId,
          releaseId,
          rolloutId: null,
          isDowngrade: false,
          filesTotal: 400,
          expiresAt: now,
          requestedBy: 'user/1',
          now,
        },
        tx,
      ),
    )

  it('allows one fetch per ref at a time, and one release per commit', async () => {
    const first = await begin('v1')
    await expect(begin('v1')).rejects.toMatchObject({ name: 'SequelizeUniqueConstraintError' })
    expect(await finish(first)).toBe(true)
    expect(await finish(first)).toBe(false)
    const second = await begin('v1')
    await expect(finish(second)).rejects.toMatchObject({ name: 'SequelizeUniqueConstraintError' })
    await db.write((tx) => settleRelease(db, { id: second, state: 'duplicate', sameAsId: first, now }, tx))
    expect(await findRelease(db, { id: second })).toMatchObject({ state: 'duplicate', sameAsId: first, commit: null })
    expect(await findReleaseByCommit(db, { commit: 'aaaa' })).toMatchObject({ id: first, fileCount: 400, readyAt: now })
    expect(await listReleaseFiles(db, { releaseId: first })).toHaveLength(400)
  })

  it('stores why a fetch failed, and reopens it only once', async () => {
    const id = await begin('v2')
    const reason = { code: 'key-refused', detail: 'no', whatToDo: 'add it' }
    const problems = [{ path: 'x', code: 'symlink', message: 'm' }]
    await db.write((tx) => settleRelease(db, { id, state: 'failed', reason, problems, now }, tx))
    expect(await findRelease(db, { id })).toMatchObject({ state: 'failed', reason, problems, tries: 1 })
    expect(await findFailedRelease(db, { ref: 'v2' })).toMatchObject({ id })
    expect(await db.write((tx) => reopenRelease(db, { id, now }, tx))).toBe(true)
    expect(await findRelease(db, { id })).toMatchObject({ state: 'fetching', reason: null })
    expect(await db.write((tx) => reopenRelease(db, { id, now }, tx))).toBe(false)
  })

  it('shows when a tag moves, disappears and comes back', async () => {
    const releaseId = await ready()
    const note = (refs: readonly (readonly [string, string])[]) =>
      db.write((tx) => noteRefs(db, { refs: new Map(refs), led: { name: 'refs/tags/v1', releaseId }, now }, tx))
    const refs = () => listReleaseRefs(db, { releaseIds: [releaseId] })
    await note([['refs/tags/v1', COMMIT]])
    expect(await refs()).toEqual([{ releaseId, name: 'refs/tags/v1', seenAt: now, movedTo: null, movedAt: null }])
    await note([['refs/tags/v1', 'd'.repeat(40)]])
    expect(await refs()).toMatchObject([{ movedTo: 'd'.repeat(40), movedAt: now }])
    await note([])
    expect(await refs()).toMatchObject([{ movedTo: GONE }])
    await note([['refs/tags/v1', COMMIT]])
    expect(await refs()).toMatchObject([{ movedTo: null, movedAt: null }])
  })

  it('allows one open job per device, and shows jobs only to their group', async () => {
    const releaseId = await ready()
    const device = await buildDevice(db, { iam: 'PK001' })
    const id = await job(device.id, releaseId)
    await expect(job(device.id, releaseId)).rejects.toMatchObject({ name: 'SequelizeUniqueConstraintError' })
    expect(await findOpenJob(db, { deviceId: device.id })).toMatchObject({ id, state: 'prepared', iam: 'PK001' })
    const scope = { groupIds: [device.groupId + 1] }
    expect(await listUpgradeJobs(db, { scope, limit: 9, afterId: null })).toEqual([])
    expect(
      await listUpgradeJobs(db, { scope: all, iam: 'PK001', state: 'prepared', limit: 9, afterId: null }),
    ).toHaveLength(1)
    const end = { id, from: ['prepared'], change: { state: 'cancelled', finishedAt: now }, now } as const
    expect(await db.write((tx) => changeUpgradeJob(db, end, tx))).toBe(true)
    expect(await db.write((tx) => changeUpgradeJob(db, end, tx))).toBe(false)
    await expect(job(device.id, releaseId)).resolves.toBeGreaterThan(id)
  })

  it('records downloads only for jobs that are on offer', async () => {
    const releaseId = await ready()
    const device = await buildDevice(db)
    const id = await job(device.id, releaseId)
    const download = [{ id, filesDone: 3, seenFiles: '07', heardAt: now }]
    await db.write((tx) => noteDownloads(db, download, tx))
    expect(await findOpenJob(db, { deviceId: device.id })).toMatchObject({ state: 'prepared', filesDone: 0 })
    const offer = { id, from: ['prepared'], change: { state: 'offered', newRun: true, freeBytes: 9 }, now } as const
    await db.write((tx) => changeUpgradeJob(db, offer, tx))
    await db.write((tx) => noteDownloads(db, download, tx))
    expect(await findOpenJob(db, { deviceId: device.id })).toMatchObject({
      state: 'downloading',
      filesDone: 3,
      seenFiles: '07',
      heardAt: now,
      runs: 1,
      freeBytes: 9,
    })
  })

  it('stores the release a device runs, and a roll-out’s devices with their jobs', async () => {
    const releaseId = await ready()
    const device = await buildDevice(db, { iam: 'PK001' })
    await db.write((tx) => setDeviceFirmware(db, { deviceId: device.id, releaseId, installedAt: now }, tx))
    expect(await findDeviceFirmware(db, { deviceId: device.id })).toEqual({
      releaseId,
      installedAt: now,
      committedAt: now,
    })
    expect(await findHarbourDevice(db, { iam: 'PK001', kind: 'buoy' })).toMatchObject({
      id: device.id,
      isDeleted: false,
    })
    expect(await findHarbourDevice(db, { iam: 'PK001', kind: 'handset' })).toBeNull()
    const id = await db.write((tx) =>
      insertRollout(
        db,
        {
          groupId: device.groupId,
          releaseId,
          label: null,
          needsApproval: true,
          pauseAtShare: 0.2,
          coolDownMinutes: 0,
          allowDowngrade: false,
          stages: [[device.id]],
          requestedBy: 'user/1',
          now,
        },
        tx,
      ),
    )
    const jobId = await job(device.id, releaseId)
    await db.write((tx) => settleRolloutDevice(db, { rolloutId: id, deviceId: device.id, jobId, skipped: null }, tx))
    expect(await listRolloutDevices(db, { rolloutId: id })).toMatchObject([
      { stage: 0, iam: 'PK001', jobState: 'prepared' },
    ])
    const change = { state: 'paused', stage: 1, reason: { code: 'x', detail: 'y', whatToDo: null } } as const
    await db.write((tx) => changeRollout(db, { id, from: ['running'], change, now }, tx))
    expect(await findRollout(db, { scope: all, id })).toMatchObject({ state: 'paused', stage: 1, pauseAtShare: 0.2 })
  })

  it('lists a release as undispatched until it has a workflow', async () => {
    const id = await begin('v9')
    expect(await listUndispatchedFirmware(db, { limit: 9 })).toEqual([{ work: 'release', id, label: 'v9', iam: null }])
    await markFirmwareDispatched(db, { work: 'release', ids: [id], now })
    expect(await listUndispatchedFirmware(db, { limit: 9 })).toEqual([])
    expect(await findRelease(db, { id })).toMatchObject({ workflowId: `release/${id}` })
  })
})
