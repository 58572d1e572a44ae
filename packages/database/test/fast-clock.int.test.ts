import { listUndispatchedInbound, listUndispatchedOutbound, markDispatched, rescueDirect } from '@paikea/database'
import {
  buildEndpoint,
  buildGroup,
  buildInbound,
  buildOutbound,
  databaseKinds,
  openTestDatabase,
  type TestDatabase,
} from '@paikea/database/testing'

const HOUR_MS = 3_600_000

/** Two hours ahead. */
const ahead = (): Date => new Date(Date.now() + 2 * HOUR_MS)
const ago = (ms: number): Date => new Date(Date.now() - ms)

describe.each(databaseKinds())('a time written by a clock that was ahead, on %s', (kind) => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await openTestDatabase(kind)
  })
  afterAll(() => db.drop())

  it('does not hide an abandoned delivery from the rescue', async () => {
    const { id: groupId } = await buildGroup(db)
    const { id: endpointId } = await buildEndpoint(db, { groupId })
    const left = (targetKey: string, stateChangedAt: Date) =>
      buildOutbound(db, { endpointId, targetKind: 'webhook', targetKey, lane: 'direct', stateChangedAt })
    const [early, fast] = [await left('endpoint/1', ago(HOUR_MS)), await left('endpoint/2', ahead())]
    await left('endpoint/3', ago(0))
    const rescued = await rescueDirect(db, { before: ago(20_000), limit: 10 })
    expect([...rescued].sort((one, other) => one - other)).toEqual([Number(early.id), Number(fast.id)])
  })

  it('does not stop lost workflows from being started again', async () => {
    const sweep = { limit: 100, settledBefore: ahead(), startedBefore: ago(HOUR_MS / 4), inFront: 4 }
    const message = await buildInbound(db, { workflowStartedAt: ahead() })
    await buildInbound(db, { workflowStartedAt: ago(1_000) })
    expect((await listUndispatchedInbound(db, sweep)).map(({ messageId }) => messageId)).toEqual([Number(message.id)])
    const delivery = await buildOutbound(db, { targetKey: 'modem/1', workflowStartedAt: ahead() })
    await buildOutbound(db, { targetKey: 'modem/2', workflowStartedAt: ago(1_000) })
    expect((await listUndispatchedOutbound(db, sweep)).map(({ outboundId }) => outboundId)).toEqual([
      Number(delivery.id),
    ])
  })

  it('does not stop a released delivery’s workflow start from being recorded', async () => {
    const released = await buildOutbound(db, { targetKey: 'modem/3', releasedAt: ahead() })
    await markDispatched(db, { rows: [{ table: 'outbound', id: Number(released.id), at: new Date() }] })
    await released.reload()
    expect(released.workflowStartedAt).not.toBeNull()
  })
})
