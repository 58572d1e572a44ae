import { listFleet, storeBatch } from '@paikea/database'
import {
  buildDevice,
  buildGroup,
  buildModem,
  databaseKinds,
  newInbound,
  openTestDatabase,
  type TestDatabase,
} from '@paikea/database/testing'
import { lastHeard } from '../src/migrations/0020-last-heard.ts'

describe.each(databaseKinds())('the time a device was last heard, on %s', (kind) => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await openTestDatabase(kind)
  })
  afterAll(() => db.drop())

  it('is backfilled by the migration, even for devices without a report', async () => {
    const { id: groupId } = await buildGroup(db)
    const heard = new Date('2026-11-24T10:00:00Z')
    const sent = new Date('2026-11-24T09:00:00Z')
    for (const report of [undefined, null]) {
      const { id: modemId, imei } = await buildModem(db)
      await buildDevice(db, { groupId, modemId })
      const late = { imei, receivedAt: heard, transmitTime: sent, ...(report === null ? { report } : {}) }
      await storeBatch(db, [newInbound(late), newInbound({ ...late, transmitTime: new Date('2026-11-20T09:00:00Z') })])
    }
    await buildDevice(db, { groupId })
    const seen = async () =>
      (await listFleet(db, { scope: { groupIds: [groupId] } })).map((device) => [device.lastSeenAt, device.lastSentAt])
    const expected = expect.arrayContaining([
      [heard, sent],
      [heard, sent],
      [null, null],
    ])
    expect(await seen()).toEqual(expected)
    await db.write(async (transaction) => {
      await db.models.DeviceState.destroy({ where: { lastReportAt: null }, transaction })
      await db.models.DeviceState.update({ heardAt: null, heardSentAt: null }, { where: {}, transaction })
      const queryInterface = db.sequelize.getQueryInterface()
      await lastHeard.up({ queryInterface, transaction, dialect: db.dialect })
    })
    expect(await seen()).toEqual(expected)
  })
})
