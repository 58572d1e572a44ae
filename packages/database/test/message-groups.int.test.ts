import { attachModem, detachModem, listInbound, storeBatch, updateDevice } from '@paikea/database'
import {
  attachModem as attach,
  buildDevice,
  buildGroup,
  buildModem,
  databaseKinds,
  newInbound,
  openTestDatabase,
  type TestDatabase,
} from '@paikea/database/testing'
import { messageGroups } from '../src/migrations/0030-message-groups.ts'

describe.each(databaseKinds())('the group of a message on %s', (kind) => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await openTestDatabase(kind)
  })
  afterAll(() => db.drop())

  const build = async () => {
    const { id: groupId } = await buildGroup(db)
    const modem = await buildModem(db)
    const { id: deviceId } = await buildDevice(db, { groupId })
    await attach(db, { modemId: modem.id, deviceId, fromAt: new Date('2026-01-01T00:00:00Z') })
    return { groupId, deviceId, modem }
  }

  async function store(imei: string): Promise<number> {
    const [outcome] = await storeBatch(db, [newInbound({ imei })])
    if (outcome?.status !== 'stored') throw new Error(`expected a stored message, got ${String(outcome?.status)}`)
    return outcome.stored.messageId
  }

  async function seenBy(groupId: number): Promise<readonly number[]> {
    const rows = await listInbound(db, { scope: { groupIds: [groupId] }, filter: {}, limit: 100, afterId: null })
    return rows.map(({ id }) => id).reverse()
  }

  it('follows its device to another group, even while messages come in', async () => {
    const { groupId, deviceId, modem } = await build()
    const { id: nextId } = await buildGroup(db)
    const before = await store(modem.imei)
    const lately = Array.from({ length: 20 }, () => store(modem.imei))
    const moved = updateDevice(db, { id: deviceId, change: { groupId: nextId } })
    const ids = [before, ...(await Promise.all(lately))]
    await moved
    expect(await seenBy(groupId)).toEqual([])
    expect(await seenBy(nextId)).toEqual(ids.toSorted((a, b) => a - b))
  })

  it('stays when only the device’s label changes', async () => {
    const { groupId, deviceId, modem } = await build()
    const id = await store(modem.imei)
    await updateDevice(db, { id: deviceId, change: { label: 'north' } })
    expect(await seenBy(groupId)).toEqual([id])
  })

  it('changes when a corrected assignment gives the message to another device', async () => {
    const one = await build()
    const id = await store(one.modem.imei)
    await detachModem(db, { deviceId: one.deviceId, now: new Date(), to: new Date('2026-02-01T00:00:00Z') })
    expect(await seenBy(one.groupId)).toEqual([])
    const { id: groupId } = await buildGroup(db)
    const { id: deviceId } = await buildDevice(db, { groupId })
    const from = new Date('2026-03-01T00:00:00Z')
    await db.write((tx) =>
      attachModem(db, { deviceId, imei: one.modem.imei, now: new Date(), from, scope: { all: true } }, tx),
    )
    expect([await seenBy(one.groupId), await seenBy(groupId)]).toEqual([[], [id]])
  })

  it('is backfilled by the migration', async () => {
    const { groupId, modem } = await build()
    const id = await store(modem.imei)
    const run = (direction: 'up' | 'down') =>
      db.write((transaction) =>
        messageGroups[direction]({
          queryInterface: db.sequelize.getQueryInterface(),
          transaction,
          dialect: db.dialect,
        }),
      )
    await run('down')
    await run('up')
    expect(await seenBy(groupId)).toEqual([id])
  })
})
