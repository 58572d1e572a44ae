import { findDevice, findRecovery, listCommands, type NewReport, storeBatch } from '@paikea/database'
import {
  buildDevice,
  buildModem,
  newInbound,
  newReport,
  openTestDatabase,
  type TestDatabase,
} from '@paikea/database/testing'
import { SILENT_LOG } from '@paikea/domain'

import { createDelivery } from '../create-delivery.ts'
import { beginRecovery, lookAtRecovery, priceRecovery } from './recovery.ts'
import { requestCommand } from './request-command.ts'

const HOUR_MS = 3_600_000
const wish = { minutes: 5, hours: 6, backMinutes: 60, stopBelowVolts: 3.5 }

describe('a recovery', () => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await openTestDatabase('sqlite')
  })
  afterAll(() => db.drop())

  async function launch() {
    const modem = await buildModem(db)
    const { id, iam } = await buildDevice(db, { modemId: modem.id, generation: 'v3' })
    const now = new Date()
    const load = async () => {
      const device = await findDevice(db, { scope: { all: true }, iam })
      if (device === null) throw new Error('no device')
      return device
    }
    const device = await load()
    const begin = async (of = wish) => {
      const made = await db.write((tx) => beginRecovery(db, { device, wish: of, requestedBy: 'user/1', now }, tx))
      if (!made.ok) throw new Error(made.code)
      return made.id
    }
    const texts = async () =>
      (await listCommands(db, { deviceId: id, limit: 10, afterId: null })).map(({ text }) => text).toReversed()
    /** Reports in turn, a minute apart, from a minute after the beginning on; each is acted on. */
    async function report(...said: readonly Pick<NewReport, 'reasonCode' | 'intervalMinutes'>[]) {
      const announced: string[] = []
      const delivery = createDelivery({
        db,
        modemSender: null,
        rockStarSender: null,
        notifyOutbound: (rows) => void announced.push(...rows.map(({ text }) => text ?? '')),
        wakeOutbound: () => undefined,
        log: SILENT_LOG,
        now: () => now,
      })
      for (const [index, one] of said.entries()) {
        const at = new Date(now.getTime() + (index + 1) * 60_000)
        const reported = newReport({ packetType: 'PK101', fixAt: at, at, sleepMinutes: 0, ...one })
        const values = { imei: modem.imei, receivedAt: at, transmitTime: at, packetType: 'PK101', report: reported }
        const [outcome] = await storeBatch(db, [newInbound(values)])
        if (outcome?.status !== 'stored') throw new Error('not stored')
        await delivery.actOnMessage(outcome.stored.messageId)
      }
      return announced
    }
    /** The messages out have left. */
    const sendAll = () =>
      db.write((transaction) =>
        db.models.OutboundMessage.update(
          { state: 'sent', sentAt: now, finishedAt: now },
          { where: { imei: modem.imei, state: 'queued' }, transaction },
        ),
      )
    const states = async () =>
      (await listCommands(db, { deviceId: id, limit: 10, afterId: null })).map(({ storedState }) => storedState)
    const recovery = () => findRecovery(db, { deviceId: id })
    return { id, device, now, begin, texts, recovery, report, sendAll, states }
  }

  it('is priced by its reports and both commands, or refused with the field at fault', async () => {
    const { device } = await launch()
    // 72 reports at 2 credits and 2 commands, where 6 reports would have come anyway.
    const price = { backMinutes: 60, reports: 72, credits: 146, extraCredits: 134 }
    expect(await priceRecovery(db, { device, wish })).toEqual({ ok: true, ...price })
    const { backMinutes: _, ...open } = wish
    expect(await priceRecovery(db, { device, wish: open })).toMatchObject({ field: 'backMinutes', code: 'required' })
    const longer = { ...wish, minutes: 60 }
    expect(await priceRecovery(db, { device, wish: longer })).toMatchObject({ field: 'minutes', code: 'not-shorter' })
  })

  it('sends the short interval, and the old one when its time is over', async () => {
    const { now, begin, texts, recovery } = await launch()
    const id = await begin()
    expect(await texts()).toEqual(['+DATA:PK006,5;'])
    expect(await lookAtRecovery(db, id, new Date(now.getTime() + HOUR_MS))).toMatchObject({ step: 'wait' })
    const end = new Date(now.getTime() + 6 * HOUR_MS)
    expect(await lookAtRecovery(db, id, end)).toMatchObject({ step: 'done', reason: 'time' })
    expect(await texts()).toEqual(['+DATA:PK006,5;', '+DATA:PK006,60;'])
    expect(await recovery()).toMatchObject({ state: 'ended', reason: 'time', backCommandId: expect.any(Number) })
    expect(await lookAtRecovery(db, id, end)).toMatchObject({ step: 'done' })
    expect(await texts()).toHaveLength(2)
  })

  it('ends early on a low battery', async () => {
    const { id: deviceId, now, begin, recovery } = await launch()
    const id = await begin()
    await db.write((transaction) =>
      db.models.DeviceState.upsert({ deviceId, batteryVolts: 3.4, lastReceivedAt: now }, { transaction }),
    )
    expect(await lookAtRecovery(db, id, now)).toMatchObject({ step: 'done', reason: 'battery' })
    expect(await recovery()).toMatchObject({ state: 'ended', reason: 'battery' })
  })

  it('resends the short interval when the buoy restarts and forgets it, and keeps running', async () => {
    const { now, begin, texts, recovery, report, sendAll, states } = await launch()
    const id = await begin()
    await sendAll()
    const [normal, taken, switchedOn] = [
      { reasonCode: 0, intervalMinutes: 60 },
      { reasonCode: 3, intervalMinutes: 5 },
      { reasonCode: 1, intervalMinutes: 10 },
    ]
    // One session fetches it, the next report confirms it, then it is switched on.
    expect(await report(normal, taken, switchedOn)).toEqual(['+DATA:PK006,5;'])
    expect(await states()).toEqual(['open', 'voided'])
    expect(await recovery()).toMatchObject({ id, state: 'running', commandId: expect.any(Number) })
    const end = new Date(now.getTime() + 6 * HOUR_MS)
    expect(await lookAtRecovery(db, id, end)).toMatchObject({ step: 'done', reason: 'time' })
    expect(await texts()).toEqual(['+DATA:PK006,5;', '+DATA:PK006,5;', '+DATA:PK006,60;'])
    // Nothing is sent again once it is over.
    await sendAll()
    expect(await report(switchedOn)).toEqual([])
  })

  it('ends without sending the old interval if the buoy refuses the short one', async () => {
    const { begin, texts, recovery, report, sendAll } = await launch()
    await begin()
    await sendAll()
    expect(await report({ reasonCode: 0, intervalMinutes: 60 }, { reasonCode: 4, intervalMinutes: 60 })).toEqual([])
    expect(await recovery()).toMatchObject({ state: 'ended', reason: 'refused' })
    expect(await texts()).toEqual(['+DATA:PK006,5;'])
  })

  it('ends when somebody sends another interval', async () => {
    const { device, now, begin, texts, recovery } = await launch()
    const id = await begin()
    const command = { command: 'interval', minutes: 120 } as const
    await db.write((tx) => requestCommand(db, { device, command, requestedBy: 'user/2', now }, tx))
    expect(await recovery()).toMatchObject({ state: 'ended', reason: 'newer-command' })
    const end = new Date(now.getTime() + 6 * HOUR_MS)
    expect(await lookAtRecovery(db, id, end)).toMatchObject({ step: 'done', reason: 'newer-command' })
    expect(await texts()).toEqual(['+DATA:PK006,5;', '+DATA:PK006,120;'])
  })
})
