import { openTestDatabase, type TestDatabase } from '@paikea/database/testing'

import { accepted, delivery } from '../test/support/deliveries.ts'
import { createIntake, type Intake } from './intake.ts'

describe('intake', () => {
  let db: TestDatabase
  let intake: Intake
  beforeAll(async () => {
    db = await openTestDatabase('sqlite')
  })
  afterAll(() => db.drop())
  beforeEach(() => {
    intake = createIntake({ db })
  })

  describe('format B', () => {
    const tracker = (fields: Record<string, unknown>) => delivery({ format: 'core-push', fields })

    it('makes a report of a position', async () => {
      const { stored } = accepted(await intake.accept(tracker({ id: 'b1' })))
      expect(stored).toMatchObject({ packetType: 'TRACKER', decoded: { kind: 'position', trigger: 'ROUTINE' } })
      expect(stored.report).toMatchObject({
        hasFix: true,
        latitude: 52.38671,
        longitude: 0.29382,
        fixAt: new Date('2021-10-31T10:40:00Z'),
        batteryPercent: 88,
        fixSkewSeconds: 110,
        source: 'device',
      })
    })

    it('takes a position that Iridium worked out as an estimate, not as a fix', async () => {
      const given = tracker({ id: 'b2', source: 'IRIDIUM', iridium_latitude: undefined, iridium_longitude: undefined })
      const { stored } = accepted(await intake.accept(given))
      expect(stored.report).toMatchObject({
        hasFix: false,
        latitude: null,
        fixAt: null,
        source: 'iridium',
        iridium: { latitudeDegrees: 52.38671, longitudeDegrees: 0.29382 },
      })
    })

    it('reads a command in a text, and keeps the position that came with it', async () => {
      const { stored } = accepted(
        await intake.accept(tracker({ id: 'b3', trigger: 'MESSAGE', message: 'IRD update 20 min' })),
      )
      expect(stored).toMatchObject({
        packetType: 'PK006',
        decoded: {
          kind: 'command',
          command: { command: 'interval', minutes: 20 },
          tracker: { text: 'IRD update 20 min' },
        },
        report: { packetType: 'TRACKER', hasFix: true },
      })
    })

    it('keeps a text that is no command, and an acknowledgement', async () => {
      const noPosition = { lat: undefined, lon: undefined }
      const text = accepted(await intake.accept(tracker({ id: 'b4', message: 'fish on!', ...noPosition })))
      expect(text.stored).toMatchObject({
        state: 'accepted',
        decoded: { kind: 'text', text: 'fish on!' },
        report: null,
      })
      const ack = accepted(
        await intake.accept(tracker({ id: 'b5', trigger: 'ACKNOWLEDGE', message_ack: '124196', ...noPosition })),
      )
      expect(ack.stored).toMatchObject({ decoded: { kind: 'acknowledgement', messageAck: '124196' } })
    })
  })
})
