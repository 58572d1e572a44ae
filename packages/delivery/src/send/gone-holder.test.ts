import { beatProcess, beginAttempts, hasGoneProcess, leaveProcess, rescueFromGone } from '@paikea/database'
import {
  buildDevice,
  buildGroup,
  buildModem,
  openTestDatabase,
  silenceProcess,
  type TestDatabase,
} from '@paikea/database/testing'
import type { Log } from '@paikea/domain'

import { createDelivery, type Delivery } from '../create-delivery.ts'
import { createReach } from '../targets/webhook/reach.ts'
import { buildWebhookRoute, type Receiver, startReceiver, storePositions } from '../testing/mod.ts'

const DEAD = 77
const ALIVE = 78

describe('a delivery to a program that another process began', () => {
  let db: TestDatabase
  let receiver: Receiver
  let delivery: Delivery
  let isSteady: boolean
  let lines: string[]
  let figures: unknown[][]
  beforeEach(async () => {
    db = await openTestDatabase('sqlite')
    receiver = await startReceiver()
    lines = []
    figures = []
    const note: Log['info'] = (event, fields) => void lines.push(`${event} ${JSON.stringify(fields)}`)
    const figure =
      (name: string) =>
      (...values: unknown[]): void =>
        void figures.push([name, ...values])
    delivery = createDelivery({
      db,
      modemSender: null,
      rockStarSender: null,
      reach: createReach(['127.0.0.0/8']),
      notifyOutbound: () => undefined,
      wakeOutbound: () => undefined,
      log: { info: note, warn: note, error: note },
      figures: { acted: figure('acted'), attempted: figure('attempted'), finished: figure('finished') },
      heart: { id: ALIVE, isSteady: () => isSteady },
    })
  })
  afterEach(async () => {
    await delivery.idle()
    await receiver.close()
    await db.drop()
  })

  it('is resent if that process is gone, but not while it lives or nobody can tell', async () => {
    const group = await buildGroup(db)
    const modem = await buildModem(db)
    const device = await buildDevice(db, { groupId: group.id, modemId: modem.id })
    await buildWebhookRoute(db, { groupId: group.id, deviceId: device.id, url: receiver.url })
    const [message] = await storePositions(db, { imei: modem.imei, count: 1 })
    const [id = 0] = (await delivery.actOnMessage(message?.messageId ?? 0)).direct ?? []
    await beatProcess(db, DEAD)
    await db.write((tx) =>
      beginAttempts(db, { attempts: [{ outboundId: id, number: 1 }], at: new Date(), processId: DEAD }, tx),
    )

    isSteady = true
    expect(await delivery.tryPrograms([id])).toEqual({ done: 0, left: 1 })
    expect(await rescueFromGone(db, { limit: 10 })).toEqual([])
    await silenceProcess(db, DEAD, 60)
    isSteady = false
    expect(await delivery.tryPrograms([id])).toEqual({ done: 0, left: 1 })
    isSteady = true
    expect(await hasGoneProcess(db)).toBe(true)
    expect(await rescueFromGone(db, { limit: 10 })).toEqual([id])
    expect(await delivery.tryNow({ outboundId: id, wish: 'send' })).toMatchObject({ state: 'sent' })

    const attempts = await db.models.DeliveryAttempt.findAll({ where: { outboundId: id }, order: ['number'] })
    expect(attempts.map((row) => [row.number, row.outcome, Number(row.processId)])).toEqual([
      [1, 'unknown', DEAD],
      [2, 'sent', ALIVE],
    ])
    expect(receiver.requests.map(({ headers }) => headers['webhook-id'])).toEqual([String(id)])
    // Each step has its line, without a word of what the message says, and its figures.
    const { text, payload } = await db.models.OutboundMessage.findByPk(id, { rejectOnEmpty: true })
    const messageId = message?.messageId
    expect(lines).toContain(
      `message.acted ${JSON.stringify({ messageId, state: 'processed', deliveries: [id], skipped: 0 })}`,
    )
    const attempted = lines.filter((line) => line.startsWith('delivery.attempted'))
    expect(attempted).toEqual([expect.stringContaining(`"outboundId":${id},"messageId":${messageId},"kind":"webhook"`)])
    const says = [text ?? '', payload.toString('hex'), payload.toString('latin1')].filter((word) => word !== '')
    expect(says.filter((word) => lines.join('\n').includes(word))).toEqual([])
    expect(figures.map(([name, ...rest]) => [name, ...rest.slice(0, -1)])).toEqual([
      ['acted'],
      ['attempted', 'webhook', 'sent'],
      ['finished', 'webhook', 'sent'],
    ])
    expect(figures.every((one) => Number(one.at(-1)) >= 0)).toBe(true)
    await leaveProcess(db, DEAD)
    expect(await hasGoneProcess(db)).toBe(false)
  })
})
