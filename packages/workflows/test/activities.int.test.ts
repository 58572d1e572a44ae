import { cancelOutbound } from '@paikea/database'
import { describeActivities } from './suites/activities-suite.ts'
import { ActivityStage } from './suites/activity-stage.ts'

const isThere = process.env['PAIKEA_TEST_MARIADB_SOCKET'] !== undefined
const describeOn = isThere ? describe : describe.skip

describeOn(`activities on MariaDB${isThere ? '' : ' (skipped: PAIKEA_TEST_MARIADB_SOCKET names no server)'}`, () => {
  describeActivities('mariadb')

  // SQLite has one writer: there nobody comes in between.
  it('does not send a delivery that an operator cancels between the look and the send', async () => {
    const stage = await ActivityStage.open('mariadb')
    try {
      const { outboundId } = await stage.routedDelivery()
      const query = stage.db.sequelize.query.bind(stage.db.sequelize)
      const spy = jest.spyOn(stage.db.sequelize, 'query')
      spy.mockImplementation((async (...args: Parameters<typeof query>) => {
        const result = await query(...args)
        if (!JSON.stringify(args[0]).includes('earlier_delivery')) return result
        spy.mockRestore()
        expect(await cancelOutbound(stage.db, { outboundId, scope: { all: true }, at: new Date() })).toEqual({
          status: 'done',
        })
        return result
      }) as typeof query)
      // Once more, as the worker tries a local activity that failed.
      const activities = stage.activities()
      const deliver = () => activities.tryDeliver({ outboundId, wish: 'send' })
      expect(await deliver().catch(deliver)).toMatchObject({ step: 'finished', state: 'cancelled' })
      expect(stage.vendor.requestCount).toBe(0)
      expect(await stage.row(outboundId)).toMatchObject({ state: 'cancelled', reasonCode: 'cancelled' })
    } finally {
      await stage.db.drop()
    }
  })
})
