import { type Database, storeBatch, type StoredMessage } from '@paikea/database'
import {
  attachModem,
  buildDevice,
  buildModem,
  databaseKinds,
  newInbound,
  openTestDatabase,
  type TestDatabase,
} from '@paikea/database/testing'

/** Nothing that was read of a modem for one batch counts for the next: meanwhile somebody may have changed it. */
describe.each(databaseKinds())('storeBatch() for a modem changed since its last message, on %s', (kind) => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await openTestDatabase(kind)
  })
  afterAll(() => db.drop())

  const store = async (imei: string): Promise<StoredMessage> => {
    const [outcome] = await storeBatch(db, [newInbound({ imei })])
    if (outcome?.status !== 'stored') throw new Error(`expected a stored message, got ${String(outcome?.status)}`)
    return outcome.stored
  }

  it('files a message under the device that holds the modem now', async () => {
    const modem = await buildModem(db)
    const before = await buildDevice(db, { modemId: modem.id })
    expect((await store(modem.imei)).iam).toBe(before.iam)

    await detach(db, modem.id)
    expect((await store(modem.imei)).iam).toBeNull()

    const after = await buildDevice(db)
    await attachModem(db, { modemId: modem.id, deviceId: after.id, fromAt: new Date(Date.UTC(2026, 0, 1)) })
    const stored = await store(modem.imei)
    expect(stored.iam).toBe(after.iam)
    const row = await db.models.InboundMessage.findByPk(stored.messageId, { include: ['report'] })
    expect(row?.get({ plain: true })).toMatchObject({ deviceId: after.id, report: { deviceId: after.id } })
  })

  it('returns the device’s current name', async () => {
    const modem = await buildModem(db)
    const device = await buildDevice(db, { modemId: modem.id })
    await store(modem.imei)
    await db.write((transaction) =>
      db.models.Device.update({ iam: `${device.iam}x` }, { where: { id: device.id }, transaction }),
    )
    expect((await store(modem.imei)).iam).toBe(`${device.iam}x`)
  })

  it('recreates the modem after it is deleted', async () => {
    const modem = await buildModem(db)
    expect((await store(modem.imei)).modemId).toBe(modem.id)
    await db.write((transaction) => db.models.Modem.destroy({ where: { id: modem.id }, transaction }))
    const stored = await store(modem.imei)
    expect(stored).toMatchObject({ state: 'accepted', imei: modem.imei })
    expect(stored.modemId).not.toBe(modem.id)
    expect(await db.models.Modem.count({ where: { imei: modem.imei } })).toBe(1)
  })
})

function detach(db: Database, modemId: number): Promise<unknown> {
  return db.write((transaction) => db.models.ModemAssignment.destroy({ where: { modemId }, transaction }))
}
