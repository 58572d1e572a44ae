import { randomUUID } from 'node:crypto'

import { type GroupScope, type InboundFilter, listInbound } from '@paikea/database'
import {
  attachModem,
  buildDevice,
  buildGroup,
  buildInbound,
  buildModem,
  databaseKinds,
  openTestDatabase,
  type TestDatabase,
} from '@paikea/database/testing'

/** More than are looked up in one statement, twice over. */
const MANY_DEVICES = 230
/** More than are looked through for a state, whosever they are. */
const MANY_OF_STATE = 1_100

describe.each(databaseKinds())('pages of messages on %s', (kind) => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await openTestDatabase(kind)
  })
  afterAll(() => db.drop())

  const minute = (count: number) => new Date(Date.UTC(2026, 10, 1, 10, count))

  /** Ids of all that pages show, in the order of the pages. */
  async function readAll(scope: GroupScope, filter: InboundFilter, limit: number): Promise<number[]> {
    const seen: number[] = []
    for (;;) {
      const page = await listInbound(db, { scope, filter, limit, afterId: seen.at(-1) ?? null })
      seen.push(...page.map(({ id }) => id))
      if (page.length < limit) return seen
    }
  }

  async function buildSender(groupId: number, deletedAt: Date | null = null) {
    const { id: modemId, imei } = await buildModem(db)
    const { id: deviceId } = await buildDevice(db, { groupId, modemId, deletedAt })
    return { groupId, modemId, deviceId, imei }
  }

  /** Messages of devices of one kind, one a device. */
  function insertMessages(groupId: number, deviceIds: readonly number[], state: 'processed' | 'quarantined') {
    return db.write((transaction) =>
      db.models.InboundMessage.bulkCreate(
        deviceIds.map((deviceId, index) => ({
          duplicateKey: `pages/${randomUUID()}`,
          format: 'rockblock',
          receivedAt: minute(index),
          state,
          verifiedBy: 'secret',
          rawBody: Buffer.from(''),
          deviceId,
          groupId,
        })),
        { transaction },
      ),
    )
  }

  it('show a group each of its own messages once, last stored first, under every filter', async () => {
    const { id: groupId } = await buildGroup(db)
    const { id: otherId } = await buildGroup(db)
    const mine = [await buildSender(groupId), await buildSender(groupId), await buildSender(groupId, minute(0))]
    const theirs = await buildSender(otherId)
    // A modem that was in a device of the others before it came into one of mine.
    const moved = await buildSender(otherId)
    const { id: movedTo } = await buildDevice(db, { groupId })
    await db.write((transaction) =>
      db.models.ModemAssignment.update(
        { toAt: minute(0), openModemId: null, openDeviceId: null },
        { where: { modemId: moved.modemId }, transaction },
      ),
    )
    await attachModem(db, { modemId: moved.modemId, deviceId: movedTo })
    const nobody = await buildModem(db)
    const senders = [
      ...mine,
      theirs,
      moved,
      { ...moved, groupId, deviceId: movedTo },
      { groupId: null, modemId: nobody.id, deviceId: null, imei: nobody.imei },
    ]
    const rows = []
    for (let count = 0; count < 70; count += 1) {
      const sender = senders[(count * count + count) % senders.length] ?? theirs
      const { groupId: group, modemId, deviceId, imei } = sender
      const state = count % 10 === 3 ? 'quarantined' : count > 60 ? 'accepted' : 'processed'
      // Each fifth had to wait before it could be stored.
      const receivedAt = minute(count % 5 === 0 ? count - 20 : count)
      const { id } = await buildInbound(db, { modemId, deviceId, imei, state, receivedAt })
      rows.push({ id, group, deviceId, imei, state, at: receivedAt.getTime() })
    }
    rows.reverse()
    const filters: InboundFilter[] = [
      {},
      ...(['accepted', 'processed', 'quarantined'] as const).map((state) => ({ state })),
      ...[mine[0], theirs, moved, nobody].map((sender) => ({ imei: sender?.imei })),
      ...[mine[2]?.deviceId, theirs.deviceId, movedTo].map((deviceId) => ({ deviceId })),
      { deviceId: movedTo, imei: moved.imei },
      { from: minute(30) },
      { to: minute(30) },
      { from: minute(20), to: minute(40) },
      { from: minute(20), to: minute(40), state: 'processed' },
      { from: minute(600) },
    ]
    for (const groupIds of [[groupId], [otherId], [groupId, otherId], []]) {
      for (const filter of filters) {
        const { imei, state, deviceId, from, to } = filter
        const expected = rows
          .filter((row) => row.group !== null && groupIds.includes(row.group))
          .filter((row) => (imei ?? row.imei) === row.imei && (state ?? row.state) === row.state)
          .filter((row) => (deviceId ?? row.deviceId) === row.deviceId)
          .filter((row) => row.at >= (from?.getTime() ?? 0) && row.at <= (to?.getTime() ?? Infinity))
          .map(({ id }) => id)
        for (const limit of [3, 100]) {
          const seen = await readAll({ groupIds }, filter, limit)
          expect({ groupIds, filter, limit, seen }).toEqual({ groupIds, filter, limit, seen: expected })
        }
      }
    }
  })

  it('stay correct for hundreds of devices, and for a state common in other groups', async () => {
    const { id: groupId } = await buildGroup(db)
    const { deviceId: elsewhere, groupId: elsewhereId } = await buildSender((await buildGroup(db)).id)
    const deviceIds = await db.write(async (transaction) => {
      const values = Array.from({ length: MANY_DEVICES }, (_, index) => ({ iam: `many-${index}`, groupId }))
      await db.models.Device.bulkCreate(
        values.map((value) => ({ ...value, kind: 'buoy' })),
        { transaction },
      )
      return (await db.models.Device.findAll({ where: { groupId }, transaction })).map(({ id }) => id)
    })
    // Once the devices with the highest ids have the newest ones, once those with the lowest.
    await insertMessages(groupId, deviceIds, 'processed')
    await insertMessages(groupId, deviceIds.slice(0, 40), 'quarantined')
    await insertMessages(groupId, [...deviceIds].reverse(), 'processed')
    await insertMessages(elsewhereId, Array<number>(MANY_OF_STATE).fill(elsewhere), 'quarantined')
    const stored = await db.models.InboundMessage.findAll({
      attributes: ['id', 'state'],
      where: { deviceId: deviceIds },
      order: [['id', 'DESC']],
    })
    const quarantined = stored.filter(({ state }) => state === 'quarantined')
    expect(stored).toHaveLength(2 * MANY_DEVICES + 40)
    const scope: GroupScope = { groupIds: [groupId] }
    for (const limit of [7, 50, 500]) {
      expect(await readAll(scope, {}, limit)).toEqual(stored.map(({ id }) => id))
      expect(await readAll(scope, { state: 'quarantined' }, limit)).toEqual(quarantined.map(({ id }) => id))
    }
  })
})
