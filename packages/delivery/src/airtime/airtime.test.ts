import { buildDevice, buildModem, buildRoute, openTestDatabase, type TestDatabase } from '@paikea/database/testing'
import {
  listAirtime,
  listAirtimeWarnings,
  listUndispatchedOutbound,
  releaseStopped,
  setBudget,
  waiveAirtime,
  type AirtimeScope,
} from '@paikea/database'
import { SILENT_LOG } from '@paikea/domain'

import { createDelivery, type Delivery } from '../create-delivery.ts'
import type { SendOutcome } from '../send/outcome.ts'
import { buildRoutedPair, storePositions } from '../testing/mod.ts'
import { MAX_DEPTH } from './guard.ts'
import { levelsOf, nextMonth, periodKey, startOf } from './levels.ts'

const ALL = { all: true } as const

describe('the airtime guard', () => {
  let db: TestDatabase
  let delivery: Delivery
  let now: Date
  let sent: string[]
  let answer: SendOutcome
  let warned: string[]

  beforeEach(async () => {
    db = await openTestDatabase('sqlite')
    now = new Date()
    sent = []
    warned = []
    answer = { outcome: 'sent', id: '1' }
    delivery = openDelivery()
  })
  afterEach(async () => {
    await delivery.idle()
    await db.drop()
  })

  function openDelivery(): Delivery {
    return createDelivery({
      db,
      modemSender: {
        sendMt({ imei }) {
          sent.push(imei)
          return Promise.resolve(answer)
        },
      },
      rockStarSender: null,
      notifyOutbound: () => undefined,
      wakeOutbound: () => undefined,
      log: { ...SILENT_LOG, warn: (event) => warned.push(event) },
      localTurnWaitMs: 0,
      now: () => now,
    })
  }

  /** The delivery of a new position, not sent yet. */
  async function position(imei: string): Promise<number> {
    const [message] = await storePositions(db, { imei, count: 1 })
    const { deliveries } = await delivery.actOnMessage(message?.messageId ?? 0)
    return deliveries[0] ?? 0
  }
  const send = (outboundId: number) => delivery.tryNow({ outboundId, wish: 'send' })
  const rowOf = (id: number) => db.models.OutboundMessage.findByPk(id, { rejectOnEmpty: true })
  const change = (id: number, values: object) =>
    db.write((transaction) => db.models.OutboundMessage.update(values, { where: { id }, transaction }))
  const creditsOf = async (id: number) => (await rowOf(id)).credits
  const setStop = (scope: AirtimeScope, stopCredits: number | null, overrideUntil: Date | null = null) =>
    db.write(async (tx) => {
      const levels = { warnCredits: null, stopCredits, overrideUntil }
      await setBudget(db, { scope, period: 'month', ...levels, changedBy: 'test', now }, tx)
      await releaseStopped(db, { dueBefore: null, limit: 100 }, tx)
    })
  const spent = async () => {
    const [first] = await listAirtime(db, {
      scope: ALL,
      by: 'modem',
      from: startOf('month', now),
      to: nextMonth(now),
      limit: 10,
    })
    return first?.credits ?? 0
  }

  it('charges for sent and unknown deliveries, and refunds an attempt that did not get through', async () => {
    const { imei } = await buildRoutedPair(db)
    const one = await position(imei)
    answer = { outcome: 'try-later', reason: 'busy', retryAfterMs: null }
    await send(one)
    expect(await spent()).toBe(0)
    answer = { outcome: 'unknown', reason: 'reset' }
    await delivery.tryNow({ outboundId: one, wish: 'resume' })
    expect(await spent()).toBe(await creditsOf(one))
    answer = { outcome: 'sent', id: '2' }
    const two = await position(imei)
    await send(two)
    expect(await spent()).toBe((await creditsOf(one)) + (await creditsOf(two)))
  })

  it('stops a device at its own limit but not others, and resumes when the limit is raised', async () => {
    const pair = await buildRoutedPair(db)
    const modem = await buildModem(db)
    const other = await buildDevice(db, { groupId: pair.groupId, modemId: modem.id })
    await buildRoute(db, { groupId: pair.groupId, sourceDeviceId: other.id, targetModemId: pair.targetModemId })
    const one = await position(pair.imei)
    await setStop({ kind: 'device', id: pair.deviceId }, await creditsOf(one))
    expect(await send(one)).toMatchObject({ step: 'finished', state: 'sent' })
    const two = await position(pair.imei)
    const held = { step: 'finished', state: 'held', reason: 'airtime-device-month' }
    expect(await send(two)).toMatchObject(held)
    expect(await send(two)).toMatchObject(held)
    const row = await rowOf(two)
    expect(row).toMatchObject({ state: 'queued', lane: 'stopped', reasonCode: 'airtime-device-month' })
    expect(row.reasonDetail).toMatch(/^It costs \d+ credits, and its device has used \d+ of \d+ this month\./)
    // Behind it in its own device's queue there is no airtime either; another device does not wait.
    const three = await position(pair.imei)
    expect(await send(three)).toMatchObject(held)
    expect(await send(await position(modem.imei))).toMatchObject({ state: 'sent' })
    expect(sent).toHaveLength(2)

    await setStop({ kind: 'device', id: pair.deviceId }, 1_000)
    const sweep = { limit: 10, settledBefore: new Date(now.getTime() + 60_000), startedBefore: null }
    const fresh = await listUndispatchedOutbound(db, { ...sweep, inFront: 4, settledBefore: new Date(0) })
    expect(fresh.map(({ outboundId }) => outboundId)).toEqual(expect.arrayContaining([two, three]))
    expect(await send(three)).toMatchObject({ step: 'wait' })
    expect(await send(two)).toMatchObject({ state: 'sent' })
    expect(await send(three)).toMatchObject({ state: 'sent' })
    await delivery.idle()
    expect(warned).toContain('airtime.stopped')
  })

  it('resumes when the month turns, and during an override', async () => {
    const { imei, groupId } = await buildRoutedPair(db)
    const scope = { kind: 'group', id: groupId } as const
    await setStop(scope, 0)
    const one = await position(imei)
    expect(await send(one)).toMatchObject({ reason: 'airtime-group-month' })
    const { retryAt, expiresAt } = await rowOf(one)
    expect(retryAt).toEqual(expiresAt !== null && expiresAt < nextMonth(now) ? expiresAt : nextMonth(now))
    expect(await releaseStopped(db, { dueBefore: now, limit: 10 })).toBe(0)
    await change(one, { expiresAt: null })
    await setStop(scope, 0, new Date(now.getTime() + 3_600_000))
    expect(await send(one)).toMatchObject({ state: 'sent' })
    const two = await position(imei)
    await setStop(scope, await creditsOf(one))
    await change(two, { expiresAt: null })
    expect(await send(two)).toMatchObject({ state: 'held' })
    now = nextMonth(now)
    expect(await releaseStopped(db, { dueBefore: now, limit: 10 })).toBe(1)
    expect(await send(two)).toMatchObject({ state: 'sent' })
  })

  it('keeps two workers together within the limit', async () => {
    const other = openDelivery()
    const pairs = await Promise.all(Array.from({ length: 12 }, () => buildRoutedPair(db)))
    const ids: number[] = []
    for (const { imei } of pairs) ids.push(await position(imei))
    const credits = await creditsOf(ids[0] ?? 0)
    await setStop({ kind: 'all', id: 0 }, 5 * credits)
    await Promise.all(
      ids.map((outboundId, index) => (index % 2 === 0 ? delivery : other).tryNow({ outboundId, wish: 'send' })),
    )
    await other.idle()
    expect(sent).toHaveLength(5)
    expect(await db.models.OutboundMessage.count({ where: { lane: 'stopped' } })).toBe(7)
  })

  it('stops a message too deep in a chain of messages, until a person waives the stop', async () => {
    const { imei } = await buildRoutedPair(db)
    const one = await position(imei)
    await change(one, { depth: MAX_DEPTH + 1 })
    expect(await send(one)).toMatchObject({ state: 'held', reason: 'message-loop' })
    // A raised limit is no answer to that.
    expect(await releaseStopped(db, { dueBefore: null, limit: 10 })).toBe(0)
    expect(await db.write((tx) => waiveAirtime(db, { outboundId: one }, tx))).toBe(true)
    expect(await send(one)).toMatchObject({ state: 'sent' })
  })

  it('counts a delivery caused by the answer to a command one level deeper', async () => {
    const { imei, deviceId, groupId } = await buildRoutedPair(db)
    const first = await position(imei)
    await change(first, { depth: 4 })
    const command = {
      kind: 'interval',
      groupId,
      deviceId,
      value: 20,
      text: '+DATA:PK006,20;',
      credits: 1,
      generation: 'v3',
      state: 'confirmed',
      outboundId: first,
      requestedBy: 'user/1',
      decidedAt: now,
    } as const
    await db.write((transaction) => db.models.DeviceCommand.create(command, { transaction }))
    const [answering] = await storePositions(db, { imei, count: 1 })
    const messageId = answering?.messageId ?? 0
    await db.write((transaction) => db.models.Report.update({ reasonCode: 3 }, { where: { messageId }, transaction }))
    const { deliveries } = await delivery.actOnMessage(messageId)
    expect((await rowOf(deliveries[0] ?? 0)).depth).toBe(5)
    expect((await rowOf(await position(imei))).depth).toBe(1)
  })

  it('warns once of a runaway device, even without a budget', async () => {
    const { imei, deviceId } = await buildRoutedPair(db)
    for (let count = 0; count < 2; count += 1) {
      const id = await position(imei)
      if (count === 0) await change(id, { credits: 60 })
      await send(id)
      await delivery.idle()
    }
    const warnings = await listAirtimeWarnings(db, { scope: ALL, from: new Date(0), limit: 10 })
    expect(warnings).toMatchObject([
      { scopeKind: 'device', scopeId: deviceId, level: 'warn', period: periodKey('hour', now) },
    ])
    expect(warned.filter((event) => event === 'airtime.warning')).toHaveLength(1)
  })
})

describe('levelsOf()', () => {
  const scope = { kind: 'device', id: 1 } as const
  const own = { id: 1, scopeKind: 'device', scopeId: 1, period: 'month', overrideUntil: null, changedBy: 'x' } as const

  it('returns a default warning level, or four fifths of the stop if only a stop is set', () => {
    expect(levelsOf([], scope, 'hour')).toMatchObject({ warnCredits: 60, stopCredits: null, isDefault: true })
    expect(levelsOf([{ ...own, warnCredits: null, stopCredits: 100 }], scope, 'month')).toMatchObject({
      warnCredits: 80,
      stopCredits: 100,
      isDefault: false,
    })
    expect(levelsOf([{ ...own, warnCredits: 5, stopCredits: 100 }], scope, 'month')).toMatchObject({ warnCredits: 5 })
  })
})
