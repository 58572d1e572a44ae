import {
  changeUpgradeJob,
  finishRelease,
  insertRelease,
  insertUpgradeJob,
  noteRefs,
  setDeviceFirmware,
  settleRelease,
  settleRolloutDevice,
} from '@paikea/database'
import { buildDevice, buildGroup } from '@paikea/database/testing'
import { startTestApi, type TestApi } from '../../../test/test-api.ts'

describe('/v1/firmware', () => {
  let api: TestApi
  let admin: string
  let groupId: number
  const calls: string[] = []
  const stands = new Map<string, string>()
  beforeAll(async () => {
    api = await startTestApi('sqlite', {
      firmware: {
        lookUpRef: async (ref) => {
          const commit = stands.get(ref)
          const refs = new Map([...stands].map(([name, at]) => [`refs/heads/${name}`, at]))
          return commit === undefined ? null : { commit, refName: `refs/heads/${ref}`, refs }
        },
        notify: () => void calls.push('notify'),
        wake: (work, id) => void calls.push(`${work}/${id}`),
      },
    })
    groupId = (await buildGroup(api.db)).id
    admin = await api.tokenOf(groupId)
  })
  afterAll(() => api.close())
  beforeEach(() => void calls.splice(0))

  const post = (path: string, body?: object) => api.call(admin, 'POST', `/v1/firmware/${path}`, body)
  const get = (path: string) => api.call(admin, 'GET', `/v1/firmware/${path}`)
  const finish = (id: number, commit: string, files: Readonly<Record<string, string>>, committedAt = new Date()) =>
    api.db.write((tx) =>
      finishRelease(
        api.db,
        {
          id,
          commit,
          committedAt,
          refName: null,
          tagObject: null,
          signature: null,
          signer: null,
          subject: 's',
          totalBytes: 1,
          flashBytes: 1,
          now: new Date(),
          files: Object.entries(files).map(([path, sha256]) => ({ path, bytes: 1, sha1: 'a', sha256 })),
        },
        tx,
      ),
    )
  let serial = 0
  const makeRelease = async (committedAt?: Date) => {
    serial += 1
    const commit = serial.toString(16).padStart(40, 'c')
    const id = await api.db.write((tx) =>
      insertRelease(api.db, { ref: `made-${serial}`, requestedBy: 'test', now: new Date() }, tx),
    )
    await finish(id, commit, { 'boot.py': String(serial), 'same.py': 'x', [`only-${serial}.py`]: 'y' }, committedAt)
    return { id, commit }
  }

  it('creates one release per commit, and answers 200 with it for any name of that commit', async () => {
    const first = await post('releases', { ref: 'v1' })
    expect(first).toMatchObject({ status: 201, body: { ref: 'v1', state: 'fetching', commit: null } })
    expect(calls).toEqual(['notify'])
    expect(await post('releases', { ref: 'v1' })).toMatchObject({ status: 200, body: { id: first.body.id } })
    const commit = 'd'.repeat(40)
    await finish(first.body.id, commit, {})
    stands.set('some-branch', commit)
    for (const ref of ['some-branch', commit, commit.slice(0, 9)]) {
      expect(await post('releases', { ref })).toMatchObject({
        status: 200,
        body: { id: first.body.id, state: 'ready' },
      })
    }
    expect(await post('releases', { ref: 'another' })).toMatchObject({ status: 201 })
  })

  it('refetches a failed release on request, and resumes or cancels one that is fetching', async () => {
    const { body } = await post('releases', { ref: 'bad' })
    const reason = { code: 'content-refused', detail: 'core/x: no', whatToDo: 'mend it' }
    const problems = [{ path: 'core/x', code: 'symlink', message: 'm' }]
    await api.db.write((tx) =>
      settleRelease(api.db, { id: body.id, state: 'failed', reason, problems, now: new Date() }, tx),
    )
    expect((await get(`releases/${body.id}`)).body).toMatchObject({ state: 'failed', reason, problems, files: [] })
    expect(await post('releases', { ref: 'bad' })).toMatchObject({
      status: 200,
      body: { id: body.id, state: 'fetching' },
    })
    expect(calls).toContain(`release/${body.id}`)
    expect((await post(`releases/${body.id}/resume`)).status).toBe(200)
    expect(await post(`releases/${body.id}/cancel`)).toMatchObject({ status: 200, body: { state: 'cancelled' } })
    expect(await post(`releases/${body.id}/cancel`)).toMatchObject({ status: 409, body: { code: 'wrong-state' } })
  })

  it.each(['', 'a b', '--upload-pack=x', 'a..b', 'x'.repeat(300)])(
    'answers 422 for the ref %j and names the field',
    async (ref) => {
      const reply = await post('releases', { ref })
      expect(reply).toMatchObject({
        status: 422,
        body: {
          code: 'validation-failed',
          errors: expect.arrayContaining([expect.objectContaining({ field: 'ref' })]),
        },
      })
    },
  )

  it('shows every name of a release, and which have moved, even when nothing is fetched', async () => {
    const [old, fresh] = [await makeRelease(), await makeRelease()]
    for (const ref of ['stable', 'boats']) {
      stands.set(ref, old.commit)
      expect((await post('releases', { ref })).status).toBe(200)
    }
    stands.set('stable', fresh.commit)
    expect((await post('releases', { ref: 'stable' })).body.id).toBe(fresh.id)
    const { refs } = (await get(`releases/${old.id}`)).body
    expect(refs).toHaveLength(2)
    expect(refs).toContainEqual(expect.objectContaining({ name: 'refs/heads/boats', moved: false }))
    expect(refs).toContainEqual(
      expect.objectContaining({ name: 'refs/heads/stable', moved: true, nowAt: fresh.commit }),
    )
  })

  it('shows a tag that has moved, and the files that differ between releases', async () => {
    const [old, fresh] = [await makeRelease(), await makeRelease()]
    const led = { name: 'refs/tags/v7', releaseId: old.id }
    const refs = new Map([['refs/tags/v7', fresh.commit]])
    await api.db.write((tx) => noteRefs(api.db, { refs, led, now: new Date() }, tx))
    const { body } = await get(`releases/${old.id}`)
    expect(body.refs).toMatchObject([{ name: 'refs/tags/v7', moved: true, nowAt: fresh.commit, gone: false }])
    const changes = (await get(`releases/${fresh.id}/changes?from=${old.id}`)).body
    expect(changes).toMatchObject({
      added: [`only-${serial}.py`],
      removed: [`only-${serial - 1}.py`],
      changed: ['boot.py'],
    })
  })

  it('prepares one upgrade per device at a time, and cancels it', async () => {
    const device = await buildDevice(api.db, { groupId })
    const release = await makeRelease()
    const made = await post('upgrades', { iam: device.iam, releaseId: release.id })
    expect(made).toMatchObject({
      status: 201,
      body: { iam: device.iam, state: 'prepared', progress: { filesDone: 0, filesTotal: 3 } },
    })
    const second = await post('upgrades', { iam: device.iam, releaseId: release.id })
    expect(second).toMatchObject({ status: 409, body: { code: 'upgrade-open' } })
    expect((await get(`upgrades?iam=${device.iam}`)).body.items).toHaveLength(1)
    expect(await post(`upgrades/${made.body.id}/cancel`)).toMatchObject({ status: 200, body: { state: 'cancelled' } })
    expect(calls).toContain(`upgrade/${made.body.id}`)
    expect(await post(`upgrades/${made.body.id}/cancel`)).toMatchObject({ status: 409, body: { code: 'wrong-state' } })
  })

  it('refuses a downgrade unless allowed, and a release that is not ready or unknown', async () => {
    const device = await buildDevice(api.db, { groupId })
    const old = await makeRelease(new Date('2026-01-01T00:00:00Z'))
    const fresh = await makeRelease(new Date('2026-02-01T00:00:00Z'))
    const installed = { deviceId: device.id, releaseId: fresh.id, installedAt: new Date() }
    await api.db.write((tx) => setDeviceFirmware(api.db, installed, tx))
    const wish = { iam: device.iam, releaseId: old.id }
    expect(await post('upgrades', wish)).toMatchObject({ status: 409, body: { code: 'would-downgrade' } })
    expect(await post('upgrades', { ...wish, allowDowngrade: true })).toMatchObject({
      status: 201,
      body: { isDowngrade: true },
    })
    const waiting = await post('releases', { ref: 'not-yet' })
    const other = await buildDevice(api.db, { groupId })
    const early = await post('upgrades', { iam: other.iam, releaseId: waiting.body.id })
    expect(early).toMatchObject({ status: 409, body: { code: 'release-not-ready' } })
    const unknown = await post('upgrades', { iam: other.iam, releaseId: 987_654 })
    expect(unknown).toMatchObject({ status: 422, body: { errors: [{ field: 'releaseId', code: 'unknown-release' }] } })
    expect((await post('upgrades', { iam: 'nobody', releaseId: old.id })).status).toBe(404)
  })

  it('starts, pauses, resumes and cancels a roll-out, and reports what each device waits for', async () => {
    const [first, second] = [await buildDevice(api.db, { groupId }), await buildDevice(api.db, { groupId })]
    const release = await makeRelease()
    const wish = { releaseId: release.id, stages: [[first.iam], [second.iam]], groupId }
    const twice = await post('rollouts', { ...wish, stages: [[first.iam], [first.iam]] })
    expect(twice).toMatchObject({ status: 422, body: { errors: [{ field: 'stages.1', code: 'named-twice' }] } })
    const { body } = await post('rollouts', wish)
    expect(body).toMatchObject({ state: 'running', stage: 0, stages: 2, needsApproval: true, pauseAtShare: 0.2 })
    const detail = (await get(`rollouts/${body.id}`)).body
    expect(detail.devices).toMatchObject([
      { iam: first.iam, state: 'none', waitsFor: { for: 'stage', stage: 0 } },
      { iam: second.iam, state: 'none', waitsFor: { for: 'stage', stage: 0 } },
    ])
    expect((await get('calendar')).body.items).toHaveLength(2)
    expect(await post(`rollouts/${body.id}/approve`)).toMatchObject({ status: 409, body: { code: 'wrong-state' } })
    expect(await post(`rollouts/${body.id}/pause`)).toMatchObject({ body: { state: 'paused' } })
    expect(await post(`rollouts/${body.id}/resume`)).toMatchObject({ body: { state: 'running', reason: null } })
    expect(await post(`rollouts/${body.id}/cancel`)).toMatchObject({ body: { state: 'cancelled' } })
    expect((await get('calendar')).body.items).toEqual([])
    expect(calls.filter((call) => call === `rollout/${body.id}`)).toHaveLength(3)
  })

  it('cancels and wakes the upgrades of a cancelled roll-out', async () => {
    const device = await buildDevice(api.db, { groupId })
    const releaseId = (await makeRelease()).id
    const { body } = await post('rollouts', { releaseId, stages: [[device.iam]], groupId })
    const job = await api.db.write(async (tx) => {
      const facts = {
        deviceId: device.id,
        releaseId,
        rolloutId: body.id,
        isDowngrade: false,
        filesTotal: 3,
        expiresAt: new Date(Date.now() + 3_600_000),
        requestedBy: 'test',
        now: new Date(),
      }
      const jobId = await insertUpgradeJob(api.db, facts, tx)
      await settleRolloutDevice(api.db, { rolloutId: body.id, deviceId: device.id, jobId, skipped: null }, tx)
      return jobId
    })
    await post(`rollouts/${body.id}/cancel`)
    expect((await get(`upgrades/${job}`)).body.state).toBe('cancelled')
    expect(calls).toContain(`upgrade/${job}`)
  })

  it('asks to keep the power on as soon as the last file is fetched', async () => {
    const device = await buildDevice(api.db, { groupId })
    const { body } = await post('upgrades', { iam: device.iam, releaseId: (await makeRelease()).id })
    const look = async (filesDone: number) => {
      const change = { state: 'downloading', filesDone } as const
      const args = { id: body.id, from: ['prepared', 'downloading'], change, now: new Date() } as const
      await api.db.write((tx) => changeUpgradeJob(api.db, args, tx))
      return (await get(`upgrades/${body.id}`)).body.reason
    }
    expect(await look(2)).toBeNull()
    expect(await look(3)).toMatchObject({ code: 'keep-power-on' })
  })

  it('shows a failed upgrade with its reason and files', async () => {
    const device = await buildDevice(api.db, { groupId })
    const { body } = await post('upgrades', { iam: device.iam, releaseId: (await makeRelease()).id })
    const reason = { code: 'too-many-restarts', detail: 'd', whatToDo: 'w' }
    const change = { state: 'failed', reason } as const
    const args = { id: body.id, from: ['prepared'], change, now: new Date() } as const
    await api.db.write((tx) => changeUpgradeJob(api.db, args, tx))
    const { files, ...upgrade } = (await get(`upgrades/${body.id}`)).body
    expect(upgrade).toMatchObject({ state: 'failed', reason })
    expect(files).toHaveLength(3)
    expect(files[0]).toEqual({ path: 'boot.py', bytes: 1, isFetched: false })
  })
})
