import { cancelOutbound, findDelivery, listDeliveries, type GroupScope } from '@paikea/database'
import {
  buildDevice,
  buildGroup,
  buildInbound,
  buildModem,
  buildReport,
  buildRoute,
  openTestDatabase,
  type TestDatabase,
} from '@paikea/database/testing'
import { SILENT_LOG } from '@paikea/domain'
import type { DeliveryDeps } from '../deps.ts'
import { actOnMessages } from './act-on-messages.ts'

describe('a delivery to a modem of another group', () => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await openTestDatabase('sqlite')
  })
  afterAll(() => db.drop())

  it('can be seen and cancelled by both groups, even after its target moves to a third', async () => {
    const [ours, theirs, stranger] = [await buildGroup(db), await buildGroup(db), await buildGroup(db)]
    const [source, target] = [await buildModem(db), await buildModem(db)]
    const buoy = await buildDevice(db, { groupId: ours.id, modemId: source.id })
    const handset = await buildDevice(db, { groupId: theirs.id, modemId: target.id, kind: 'handset' })
    await buildRoute(db, { groupId: ours.id, targetModemId: target.id })
    const { id: messageId } = await buildInbound(db, { modemId: source.id, deviceId: buoy.id, imei: source.imei })
    await buildReport(db, { messageId, modemId: source.id, deviceId: buoy.id })
    const deps = { db, log: SILENT_LOG } as Partial<DeliveryDeps> as DeliveryDeps
    const { results } = await db.write((tx) => actOnMessages(deps, [Number(messageId)], tx))
    const id = results[0]?.deliveries[0] ?? 0
    expect(id).toBeGreaterThan(0)
    await db.write((transaction) =>
      db.models.Device.update({ groupId: stranger.id }, { where: { id: handset.id }, transaction }),
    )

    const of = (...groups: { id: number }[]): GroupScope => ({ groupIds: groups.map((group) => group.id) })
    const seen = async (scope: GroupScope) => {
      const one = await findDelivery(db, { scope, id })
      const listed = await listDeliveries(db, { scope, limit: 10, afterId: null })
      const ofModem = await listDeliveries(db, { scope, imei: target.imei, limit: 10, afterId: null })
      return [one?.id, ...[...listed, ...ofModem].map((row) => row.id)]
    }
    for (const scope of [of(ours), of(theirs), of(ours, theirs)]) expect(await seen(scope)).toEqual([id, id, id])
    expect(await seen(of(stranger))).toEqual([undefined])
    const cancel = (scope: GroupScope) => cancelOutbound(db, { outboundId: id, scope, at: new Date() })
    expect(await cancel(of(stranger))).toEqual({ status: 'not-found' })
    expect(await cancel(of(theirs))).toEqual({ status: 'done' })
    expect(await cancel(of(ours))).toEqual({ status: 'refused', state: 'cancelled' })
  })
})
