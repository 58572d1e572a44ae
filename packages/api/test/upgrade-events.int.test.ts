import { changeUpgradeJob, insertRelease, insertUpgradeJob } from '@paikea/database'
import { buildDevice, databaseKinds } from '@paikea/database/testing'
import { openEvents, type EventStream } from './event-stream.ts'
import { startTestApi, type TestApi } from './test-api.ts'

describe.each(databaseKinds())('`upgrade` events on %s', (kind) => {
  let api: TestApi
  const open: EventStream[] = []
  beforeAll(async () => {
    api = await startTestApi(kind)
  })
  afterAll(async () => {
    for (const stream of open) stream.close()
    await api.close()
  })

  it('report each step and the end of an upgrade to its group only', async () => {
    const { db } = api
    const [mine, theirs] = [await buildDevice(db), await buildDevice(db)]
    const watch = async (groupId: number): Promise<EventStream> => {
      const stream = await openEvents(api.url, { Authorization: `Bearer ${await api.tokenOf(groupId)}` })
      open.push(stream)
      await stream.waitFor('hello')
      return stream
    }
    const [member, stranger] = [await watch(mine.groupId), await watch(theirs.groupId)]
    const now = new Date()
    const releaseId = await db.write((tx) => insertRelease(db, { ref: 'v1', requestedBy: 'test', now }, tx))
    const rest = { releaseId, rolloutId: null, isDowngrade: false, filesTotal: 8, requestedBy: 'test', now }
    const expiresAt = new Date(now.getTime() + 3600_000)
    const make = (deviceId: number) => db.write((tx) => insertUpgradeJob(db, { ...rest, deviceId, expiresAt }, tx))
    const id = await make(mine.id)
    await member.waitFor('upgrade', (data) => data.id === id && data.state === 'prepared')
    const change = (what: Parameters<typeof changeUpgradeJob>[1]['change'], from: 'prepared' | 'downloading') =>
      db.write((tx) => changeUpgradeJob(db, { id, from: [from], change: what, now: new Date() }, tx))
    await change({ state: 'downloading', filesDone: 3 }, 'prepared')
    await member.waitFor('upgrade', (data) => data.id === id && data.progress.filesDone === 3)
    await change({ state: 'failed', finishedAt: new Date() }, 'downloading')
    await member.waitFor('upgrade', (data) => data.id === id && data.state === 'failed')
    // The stranger's own comes after it, so the other one would have been here by now.
    const own = await make(theirs.id)
    await stranger.waitFor('upgrade', (data) => data.id === own)
    expect(stranger.received.filter(({ type, data }) => type === 'upgrade' && data.id === id)).toEqual([])
    const told = member.received.filter(({ type, data }) => type === 'upgrade' && data.id === id)
    expect(told.at(-1)?.data).toMatchObject({ iam: mine.iam, ref: 'v1', progress: { filesDone: 3, filesTotal: 8 } })
    expect(told).toHaveLength(3)
  })
})
