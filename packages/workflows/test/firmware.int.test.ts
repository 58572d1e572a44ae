import { mkdtempSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  changeRollout,
  changeUpgradeJob,
  findRelease,
  findRollout,
  findUpgradeJob,
  insertRelease,
  insertRollout,
  insertUpgradeJob,
  listReleaseFiles,
  listReleaseRefs,
  listRolloutDevices,
  reopenRelease,
  settleRelease,
} from '@paikea/database'
import { buildDevice, buildGroup } from '@paikea/database/testing'
import { SILENT_LOG } from '@paikea/domain'
import { openBlobStore, type DeviceLinks, type DeviceLinkState } from '@paikea/firmware'
import { createGitRepository, VITAL, type GitRepository } from '@paikea/firmware/testing'
import { createFirmwareDispatcher, type FirmwareDispatcher } from '../src/mod.ts'
import { openStage, temporalOfTestRun, until, type Stage } from './stage.ts'

const { describeOn, address, why } = temporalOfTestRun()
const all = { all: true } as const

describeOn(`firmware in workflows${why}`, () => {
  let repository: GitRepository
  let stage: Stage
  let dispatcher: FirmwareDispatcher
  const base = mkdtempSync(join(tmpdir(), 'paikea-firmware-'))
  const links = new Map<string, DeviceLinkState>()
  const sent: string[] = []
  const talk: DeviceLinks = {
    find: async (iam) => links.get(iam) ?? null,
    async sendIntoUpdater(iam) {
      sent.push(iam)
      links.delete(iam)
      return 'sent'
    },
  }

  beforeAll(async () => {
    repository = createGitRepository()
    repository.commit({ ...VITAL, 'core/version.py': '1' })
    repository.git('tag', 'v1')
    stage = await openStage({
      address,
      activities: {
        firmware: {
          settings: { repository: repository.path, base },
          blobs: openBlobStore(base),
          links: talk,
          retryPauses: { firstMs: 1000, longestMs: 1000 },
          onJobs: () => dispatcher.notify(),
        },
      },
    })
    dispatcher = createFirmwareDispatcher({ db: stage.db, starter: stage.starter, log: SILENT_LOG, sweepMs: 200 })
    dispatcher.start()
  })
  afterAll(async () => {
    await dispatcher.stop()
    await stage.close()
    await repository.remove()
    await rm(base, { recursive: true, force: true })
  })

  const ask = (ref: string) =>
    stage.db.write((tx) => insertRelease(stage.db, { ref, requestedBy: 'test', now: new Date() }, tx))
  const release = async (id: number) => {
    const found = await findRelease(stage.db, { id })
    if (found === null) throw new Error('no such release')
    return found
  }
  const settled = (id: number, ...states: readonly string[]) =>
    until(`release ${id} is ${states.join(' or ')}`, async () => {
      const row = await release(id)
      return states.includes(row.state) ? row : false
    })
  const ready = async (ref: string) => {
    const { id, sameAsId } = await settled(await ask(ref), 'ready', 'duplicate')
    return sameAsId ?? id
  }
  const makeJob = async (releaseId: number, iam?: string) => {
    const device = await buildDevice(stage.db, iam === undefined ? {} : { iam })
    const now = new Date()
    const expiresAt = new Date(now.getTime() + 86_400_000)
    const rest = { rolloutId: null, isDowngrade: false, filesTotal: 8, expiresAt, requestedBy: 'test', now }
    const id = await stage.db.write((tx) => insertUpgradeJob(stage.db, { deviceId: device.id, releaseId, ...rest }, tx))
    return { id, device }
  }
  const job = async (id: number) => {
    const found = await findUpgradeJob(stage.db, { scope: all, id })
    if (found === null) throw new Error('no such job')
    return found
  }

  it('creates a release with its files and its tag', async () => {
    const id = await ask('v1')
    const row = await settled(id, 'ready')
    expect(row).toMatchObject({
      refName: 'refs/tags/v1',
      commit: repository.git('rev-parse', 'v1'),
      fileCount: 8,
      reason: null,
    })
    expect(await listReleaseFiles(stage.db, { releaseId: id })).toHaveLength(8)
    expect(await listReleaseRefs(stage.db, { releaseIds: [id] })).toMatchObject([
      { name: 'refs/tags/v1', movedTo: null },
    ])
    const done = await stage.client.workflow.getHandle(`release/${id}`).result()
    expect(done).toMatchObject({ state: 'ready', files: 8, commit: row.commit })
  })

  it('points to the existing release of the same commit', async () => {
    const first = await ready('v1')
    const row = await settled(await ask(repository.git('rev-parse', 'v1')), 'duplicate')
    expect(row.sameAsId).toBe(first)
  })

  it('shows that a tag has moved when another ref is fetched', async () => {
    repository.git('tag', 'moving')
    const first = await settled(await ask('moving'), 'ready', 'duplicate')
    const releaseId = first.sameAsId ?? first.id
    const second = repository.commit({ ...VITAL, 'core/version.py': '2' })
    repository.git('tag', '-f', 'moving')
    await ready('main')
    const refs = await listReleaseRefs(stage.db, { releaseIds: [releaseId] })
    expect(refs.find(({ name }) => name === 'refs/tags/moving')).toMatchObject({ movedTo: second })
  })

  it('refuses a bad commit with the path at fault, fails its workflow, and retries when reopened', async () => {
    repository.commit({ ...VITAL, 'core/link.py': { mode: '120000', data: 'x' } }, { branch: 'bad' })
    const id = await ask('bad')
    const row = await settled(id, 'failed')
    expect(row).toMatchObject({
      reason: { code: 'content-refused' },
      problems: [{ path: 'core/link.py', code: 'symlink' }],
    })
    await expect(stage.client.workflow.getHandle(`release/${id}`).result()).rejects.toThrow('Workflow execution failed')
    repository.commit({ ...VITAL, 'core/version.py': '3' }, { branch: 'bad' })
    await stage.db.write((tx) => reopenRelease(stage.db, { id, now: new Date() }, tx))
    expect(await settled(id, 'ready')).toMatchObject({ commit: repository.git('rev-parse', 'bad'), problems: null })
  })

  it('parks a fetch with what to do, and completes it after "resume"', async () => {
    repository.commit({ ...VITAL, 'core/version.py': '4' }, { branch: 'later' })
    await rename(repository.path, `${repository.path}-away`)
    const id = await ask('later')
    const row = await settled(id, 'parked')
    expect(row.reason).toMatchObject({
      code: 'repository-not-found',
      whatToDo: expect.stringContaining('PAIKEA_FIRMWARE_REPO'),
    })
    const handle = stage.client.workflow.getHandle(`release/${id}`)
    await until(
      'the memo says what to do',
      async () => (await handle.describe()).memo?.['parked'] === 'repository-not-found',
    )
    await rename(`${repository.path}-away`, repository.path)
    await handle.signal('resume')
    expect(await settled(id, 'ready')).toMatchObject({ reason: null })
  })

  it('retries a passing failure by itself, and shows its reason and the next try', async () => {
    repository.commit({ ...VITAL, 'core/version.py': '5' }, { branch: 'flaky' })
    const config = join(repository.path, 'config')
    // Git that gives up without a word that we know: a configuration it cannot read.
    const before = await readFile(config, 'utf8')
    await writeFile(config, `${before}\n[broken`)
    const id = await ask('flaky')
    const row = await until('a try failed', async () => {
      const found = await release(id)
      return found.tries > 0 ? found : false
    })
    expect(row).toMatchObject({ state: 'fetching', reason: { code: 'server-error' }, nextTryAt: expect.any(Date) })
    await writeFile(config, before)
    expect(await settled(id, 'ready')).toMatchObject({ reason: null, nextTryAt: null })
  })

  it('ends a fetch that was cancelled', async () => {
    await rename(repository.path, `${repository.path}-away`)
    const id = await ask('never')
    await settled(id, 'parked')
    await stage.db.write((tx) => settleRelease(stage.db, { id, state: 'cancelled', now: new Date() }, tx))
    dispatcher.wake('release', id)
    await rename(`${repository.path}-away`, repository.path)
    expect(await stage.client.workflow.getHandle(`release/${id}`).result()).toMatchObject({ state: 'cancelled' })
  })

  it('restarts a device whose download was cut off, and succeeds when it is seen again', async () => {
    const { id, device } = await makeJob(await ready('main'))
    const started = await until('its workflow runs', async () => (await job(id)).workflowId)
    const change = (what: Parameters<typeof changeUpgradeJob>[1]['change']) =>
      stage.db.write((tx) =>
        changeUpgradeJob(
          stage.db,
          { id, from: ['prepared', 'offered', 'downloading'], change: what, now: new Date() },
          tx,
        ),
      )
    await change({ state: 'downloading', heardAt: new Date(Date.now() - 120_000), newRun: true })
    links.set(device.iam, { since: new Date(Date.now() - 60_000), isControlled: true })
    dispatcher.wake('upgrade', id)
    await until('it says who is in the way', async () => (await job(id)).reason?.code === 'page-holds-controls')
    expect(sent).not.toContain(device.iam)
    links.set(device.iam, { since: new Date(Date.now() - 60_000), isControlled: false })
    dispatcher.wake('upgrade', id)
    await until('it was sent into its updater', async () => (await job(id)).restarts === 1)
    expect(sent).toContain(device.iam)
    await change({ state: 'installed', installedAt: new Date(), reason: null })
    dispatcher.wake('upgrade', id)
    links.set(device.iam, { since: new Date(Date.now() + 1000), isControlled: false })
    dispatcher.wake('upgrade', id)
    const done = await stage.client.workflow.getHandle(started).result()
    expect([done, (await job(id)).state]).toEqual([{ jobId: id, state: 'succeeded' }, 'succeeded'])
  })

  it('rolls out stage by stage, waits for approval, and pauses at its share of failures', async () => {
    const releaseId = await ready('main')
    const group = await buildGroup(stage.db)
    const devices = await Promise.all([0, 1, 2].map(() => buildDevice(stage.db, { groupId: group.id })))
    const [first, second, third] = devices.map(({ id }) => id)
    const rolloutId = await stage.db.write((tx) =>
      insertRollout(
        stage.db,
        {
          groupId: group.id,
          releaseId,
          label: null,
          needsApproval: true,
          pauseAtShare: 0.5,
          coolDownMinutes: 0,
          allowDowngrade: false,
          stages: [[first ?? 0], [second ?? 0, third ?? 0]],
          requestedBy: 'test',
          now: new Date(),
        },
        tx,
      ),
    )
    dispatcher.notify()
    const rollout = (state: string) =>
      until(`the roll-out is ${state}`, async () => {
        const found = await findRollout(stage.db, { scope: all, id: rolloutId })
        return found?.state === state ? found : false
      })
    const jobOf = (deviceId: number | undefined) =>
      until('the device has a job', async () => {
        const rows = await listRolloutDevices(stage.db, { rolloutId })
        return rows.find((row) => row.deviceId === deviceId)?.jobId ?? null
      })
    const end = async (deviceId: number | undefined, state: 'succeeded' | 'failed') => {
      const id = await jobOf(deviceId)
      const from = ['prepared'] as const
      await stage.db.write((tx) => changeUpgradeJob(stage.db, { id, from, change: { state }, now: new Date() }, tx))
      dispatcher.wake('rollout', rolloutId)
    }
    await end(first, 'succeeded')
    expect((await rollout('waiting')).reason).toMatchObject({ code: 'waits-for-approval' })
    expect((await listRolloutDevices(stage.db, { rolloutId })).filter(({ jobId }) => jobId !== null)).toHaveLength(1)
    const approve = { state: 'running', stage: 1, stageBeganAt: new Date(), stageEndedAt: null, reason: null } as const
    await stage.db.write((tx) =>
      changeRollout(stage.db, { id: rolloutId, from: ['waiting'], change: approve, now: new Date() }, tx),
    )
    dispatcher.wake('rollout', rolloutId)
    await end(second, 'failed')
    expect((await rollout('paused')).reason).toMatchObject({ code: 'too-many-failures' })
    await stage.db.write((tx) =>
      changeRollout(
        stage.db,
        { id: rolloutId, from: ['paused'], change: { state: 'running', forgiven: 1, reason: null }, now: new Date() },
        tx,
      ),
    )
    await end(third, 'succeeded')
    await rollout('done')
    expect(await stage.client.workflow.getHandle(`rollout/${rolloutId}`).result()).toEqual({ rolloutId, state: 'done' })
  })
})
