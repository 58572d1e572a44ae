import { SILENT_LOG } from '@paikea/domain'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadOutboundForDispatch } from '@paikea/database'
import {
  buildDevice,
  buildGroup,
  buildInbound,
  buildOutbound,
  openTestDatabase,
  silenceProcess,
  type TestDatabase,
} from '@paikea/database/testing'
import { buildWebhookRoute, storePositions } from '@paikea/delivery/testing'
import { createDispatcher } from './dispatcher.ts'
import type { AnswerLoad } from './running.ts'
import { StartError } from './start-error.ts'
import type { WorkflowStarter } from './starter.ts'
import type { WorkflowStart } from './starts.ts'
import type { Dispatcher, DispatcherOptions } from './types.ts'

/** Stands for Temporal: keeps what was started in order, and answers when the test lets it. */
class ScriptedStarter implements WorkflowStarter {
  readonly started: string[] = []
  readonly woken: string[] = []
  readonly running = new Set<string>()
  inFlight = 0
  mostInFlight = 0
  answer: (workflowId: string) => Promise<void> = () => Promise.resolve()

  signal(workflowId: string): Promise<void> {
    this.woken.push(workflowId)
    return Promise.resolve()
  }
  async start({ workflowId }: WorkflowStart): Promise<'started' | 'already'> {
    this.inFlight += 1
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight)
    try {
      await this.answer(workflowId)
      if (this.running.has(workflowId)) return 'already'
      this.running.add(workflowId)
      this.started.push(workflowId)
      return 'started'
    } finally {
      this.inFlight -= 1
    }
  }
}

describe('createDispatcher()', () => {
  let db: TestDatabase
  let starter: ScriptedStarter
  let dispatcher: Dispatcher

  beforeEach(async () => {
    db = await openTestDatabase('sqlite')
    starter = new ScriptedStarter()
  })
  afterEach(async () => {
    starter.answer = () => Promise.resolve()
    await dispatcher.stop()
    await db.drop()
  })

  function begin(options: Partial<DispatcherOptions> = {}): Dispatcher {
    dispatcher = createDispatcher({ db, starter, log: SILENT_LOG, sweepMs: 50, probeMs: 50, ...options })
    dispatcher.start()
    return dispatcher
  }
  const until = async (what: string, isSo: () => boolean | Promise<boolean>): Promise<void> => {
    const end = Date.now() + 10_000
    while (!(await isSo())) {
      if (Date.now() > end) throw new Error(`not in time: ${what}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  const caughtUp = (): Promise<void> => until('the first sweep is through', () => !dispatcher.stats().isBehind)
  const allMarked = (): Promise<void> =>
    until(
      'all are marked',
      async () => (await db.models.InboundMessage.count({ where: { workflowStartedAt: null } })) === 0,
    )
  const change = (rows: readonly { readonly messageId: number }[], to: object): Promise<unknown> => {
    const where = { id: rows.map(({ messageId }) => messageId) }
    return db.write((transaction) => db.models.InboundMessage.update(to, { where, transaction }))
  }
  const idsOf = (rows: readonly { readonly key: string }[]): string[] => rows.map((row) => `inbound/${row.key}`)

  it('starts a device’s announced messages in order, within its concurrency, and records the starts', async () => {
    begin({ concurrency: 4 })
    await caughtUp()
    starter.answer = () => new Promise((resolve) => setTimeout(resolve, 2))
    const rows = await storePositions(db, { imei: '300234010000001', count: 40 })
    dispatcher.notifyInbound(rows.toReversed())
    await until('all are started', () => starter.started.length === 40)
    // The first ones went before the rest was told.
    expect(starter.started.slice(4)).toEqual(idsOf(rows).filter((id) => starter.started.indexOf(id) >= 4))
    expect(starter.mostInFlight).toBe(4)
    await allMarked()
    const first = await db.models.InboundMessage.findByPk(rows[0]?.messageId ?? 0)
    expect(first?.workflowId).toBe(`inbound/${rows[0]?.key}`)
  })

  it('records when each start was requested, not when it was answered', async () => {
    begin({ concurrency: 1 })
    await caughtUp()
    const calls: { readonly from: number; readonly to: number }[] = []
    starter.answer = async () => {
      const from = Date.now()
      await sleep(20)
      calls.push({ from, to: Date.now() })
    }
    const rows = await storePositions(db, { imei: '300234010000001', count: 3 })
    dispatcher.notifyInbound(rows)
    await allMarked()
    const found = await db.models.InboundMessage.findAll({ order: ['id'] })
    const times = found.map((row) => row.workflowStartedAt?.getTime() ?? 0)
    expect(times.every((time, n) => time <= (calls[n]?.from ?? 0) && time >= (calls[n - 1]?.to ?? 0))).toBe(true)
  })

  it('finds unannounced messages, and skips quarantined ones', async () => {
    const rows = await storePositions(db, { imei: '300234010000001', count: 3 })
    const quarantined = await buildInbound(db, { state: 'quarantined' })
    begin()
    dispatcher.notifyInbound([
      { messageId: Number(quarantined.id), key: 'q', imei: null, iam: null, state: 'quarantined' },
    ])
    await until('all are started', () => starter.started.length === 3)
    expect(starter.started).toEqual(idsOf(rows))
  })

  it('leaves what exceeds its capacity to the database, and loses none of it', async () => {
    begin({ capacity: 100, concurrency: 2 })
    await caughtUp()
    starter.answer = () => new Promise((resolve) => setTimeout(resolve, 1))
    const rows = await storePositions(db, { imei: '300234010000001', count: 400 })
    dispatcher.notifyInbound(rows)
    expect(dispatcher.stats().queuedInbound).toBeLessThanOrEqual(100)
    expect(dispatcher.stats().isBehind).toBe(true)
    await until('all are started, as others act on them', async () => {
      const duplicateKey = starter.started.map((id) => id.replace('inbound/', ''))
      await db.write((transaction) =>
        db.models.InboundMessage.update({ state: 'processed' }, { where: { duplicateKey }, transaction }),
      )
      return starter.started.length === 400
    })
    await until('it is no longer behind', () => !dispatcher.stats().isBehind)
    expect(new Set(starter.started).size).toBe(400)
  })

  it('starts a live message ahead of other modems’ backlog, but behind its own modem’s earlier ones', async () => {
    const old = await storePositions(db, { imei: '300234010000009', count: 2 })
    for (let modem = 0; modem < 10; modem += 1) await storePositions(db, { imei: `30023401000010${modem}`, count: 60 })
    starter.answer = () => new Promise((resolve) => setTimeout(resolve, 3))
    begin({ capacity: 300, concurrency: 1 })
    await until('it has begun', () => starter.started.length > 3)
    const [live] = await storePositions(db, { imei: '300234010000009', count: 1 })
    if (live === undefined) throw new Error('nothing stored')
    const before = starter.started.length
    dispatcher.notifyInbound([live])
    await until('it is started', () => starter.started.includes(`inbound/${live.key}`))
    expect(starter.started.length - before).toBeLessThan(200)
    const own = starter.started.filter((id) => idsOf([...old, live]).includes(id))
    expect(own).toEqual(idsOf([...old, live]))
  })

  it('throttles starts to a trickle while answers are slow, and speeds up afterwards', async () => {
    let load: AnswerLoad = 'slow'
    begin({ answerLoad: () => load })
    await caughtUp()
    dispatcher.notifyInbound(await storePositions(db, { imei: '300234010000001', count: 30 }))
    const since = Date.now()
    await until('a few are started', () => starter.started.length >= 4)
    expect(Date.now() - since).toBeGreaterThanOrEqual(140)
    expect(starter.mostInFlight).toBe(1)
    load = 'none'
    await until('all are started', () => starter.started.length === 30)
  })

  it('limits the messages under way when it hears of their ends, and more so under answer load', async () => {
    let load: AnswerLoad = 'none'
    begin({ answerLoad: () => load })
    await caughtUp()
    dispatcher.processed([])
    const rows = await storePositions(db, { imei: '300234010000001', count: 40 })
    dispatcher.notifyInbound(rows)
    await until('the room is full', () => starter.started.length === 16)
    load = 'some'
    const acted = (from: number, to: number): void =>
      dispatcher.processed(rows.slice(from, to).map(({ messageId }) => messageId))
    acted(0, 14)
    await sleep(150)
    expect(starter.started).toHaveLength(16)
    acted(14, 15)
    await until('one more has room', () => starter.started.length === 17)
    load = 'none'
    acted(15, 17)
    await until('the room is full again', () => starter.started.length === 33)
  })

  it('counts messages started by an earlier process, and starts more as those are processed', async () => {
    const rows = await storePositions(db, { imei: '300234010000001', count: 60 })
    await change(rows.slice(0, 38), { workflowStartedAt: new Date() })
    begin()
    await until('the room is full', () => starter.started.length === 2)
    await sleep(300)
    expect(starter.started).toHaveLength(2)
    await change(rows.slice(0, 5), { state: 'processed' })
    await until('five more are started', () => starter.started.length === 7)
  })

  it('does not start a message that another process has started while it was queued', async () => {
    begin({ othersMs: 0 })
    await caughtUp()
    const rows = await storePositions(db, { imei: '300234010000001', count: 50 })
    dispatcher.notifyInbound(rows)
    await until('the room is full', () => starter.started.length === 40)
    await change(rows.slice(40, 45), { workflowStartedAt: new Date() })
    await change(rows.slice(45, 47), { state: 'processed' })
    await change(rows.slice(0, 20), { state: 'processed' })
    await until('the queue is empty', () => dispatcher.stats().queuedInbound === 0 && dispatcher.stats().inFlight === 0)
    expect(starter.started).toEqual(idsOf([...rows.slice(0, 40), ...rows.slice(47)]))
  })

  it('starts deliveries even while no further message may be started', async () => {
    begin({ answerLoad: () => 'some' })
    await caughtUp()
    dispatcher.processed([])
    dispatcher.notifyInbound(await storePositions(db, { imei: '300234010000001', count: 4 }))
    await until('two have room', () => starter.started.length === 2)
    const { id } = await buildOutbound(db)
    dispatcher.notifyOutbound(await loadOutboundForDispatch(db, { outboundIds: [Number(id)] }))
    await until('the next is started', () => starter.started.length === 3)
    expect(starter.started[2]).toBe(`outbound/${id}`)
  })

  it('makes room when another process acts on its messages', async () => {
    begin({ answerLoad: () => 'some' })
    await caughtUp()
    dispatcher.processed([])
    const rows = await storePositions(db, { imei: '300234010000001', count: 4 })
    dispatcher.notifyInbound(rows)
    await until('two have room', () => starter.started.length === 2)
    await change(rows.slice(0, 2), { state: 'processed' })
    await until('the others too', () => starter.started.length === 4)
  })

  it('starts no more than four deliveries per target, whoever sends them', async () => {
    const first = await buildOutbound(db)
    const made = [first]
    for (let order = 1; order < 10; order += 1) {
      made.push(await buildOutbound(db, { targetKey: first.targetKey, orderKey: order }))
    }
    const ids = made.map(({ id }) => Number(id))
    begin()
    // Told of half of them, the others are found: neither way leads further than the front of the queue.
    dispatcher.notifyOutbound(await loadOutboundForDispatch(db, { outboundIds: ids.slice(0, 5) }))
    await until('four are started', () => starter.started.length === 4)
    await sleep(300)
    expect(starter.started).toEqual(ids.slice(0, 4).map((id) => `outbound/${id}`))
    // Resumed, one of the four has its workflow look again all the same.
    dispatcher.notifyOutbound(await loadOutboundForDispatch(db, { outboundIds: ids.slice(1, 2) }))
    await until('it looks again', () => starter.woken.includes(`outbound/${ids[1]}`))
    // Another process sends two.
    const change = { state: 'sent', finishedAt: new Date() } as const
    await db.write((transaction) =>
      db.models.OutboundMessage.update(change, { where: { id: ids.slice(0, 2) }, transaction }),
    )
    await until('two more are started', () => starter.started.length === 6)
  })

  it('starts a late delivery that comes before all those already started', async () => {
    const first = await buildOutbound(db, { orderKey: 10 })
    for (let order = 11; order < 16; order += 1)
      await buildOutbound(db, { targetKey: first.targetKey, orderKey: order })
    begin()
    await until('four are started', () => starter.started.length === 4)
    const late = await buildOutbound(db, { targetKey: first.targetKey, orderKey: 5 })
    await until('the late one too', () => starter.started.includes(`outbound/${late.id}`))
    await sleep(300)
    expect(starter.started).toHaveLength(5)
  })

  it('probes while Temporal is away, and starts everything exactly once when it is back', async () => {
    begin({ concurrency: 8 })
    await caughtUp()
    let calls = 0
    starter.answer = () => {
      calls += 1
      return Promise.reject(new StartError('unavailable', 'refused'))
    }
    const rows = await storePositions(db, { imei: '300234010000001', count: 30 })
    dispatcher.notifyInbound(rows)
    await until('it is noticed', () => dispatcher.stats().temporal === 'does-not-answer')
    await until('it was probed', () => calls >= 10)
    expect(starter.started).toEqual([])
    // At most the ones under way when it was noticed, and one for each probe since.
    const since = dispatcher.stats().silentSinceMs ?? 0
    expect(calls).toBeLessThanOrEqual(8 + Math.ceil((Date.now() - since) / 50) + 1)
    starter.answer = () => Promise.resolve()
    await until('all are started', () => starter.started.length === 30)
    expect(starter.started.toSorted()).toEqual(idsOf(rows).toSorted())
    expect(dispatcher.stats()).toMatchObject({ temporal: 'answers', silentSinceMs: null })
  })

  it('repeats a start whose answer was lost', async () => {
    begin()
    await caughtUp()
    let lostAt = 0
    starter.answer = async (workflowId) => {
      if (lostAt !== 0) return
      lostAt = Date.now()
      starter.running.add(workflowId)
      throw new StartError('ambiguous', 'no answer')
    }
    dispatcher.notifyInbound(await storePositions(db, { imei: '300234010000001', count: 1 }))
    await until('it counts as started', () => dispatcher.stats().already === 1)
    await allMarked()
    // The lost call is the one that started it.
    const marked = await db.models.InboundMessage.findOne()
    expect(marked?.workflowStartedAt?.getTime()).toBeLessThanOrEqual(lostAt)
  })

  it('is not held up by a start that Temporal refuses', async () => {
    begin({ concurrency: 1 })
    await caughtUp()
    const rows = await storePositions(db, { imei: '300234010000001', count: 3 })
    const [refused = ''] = idsOf(rows)
    starter.answer = (id) =>
      id === refused ? Promise.reject(new StartError('refused', 'too large')) : Promise.resolve()
    dispatcher.notifyInbound(rows)
    await until('the others are started', () => starter.started.length === 2)
    expect(dispatcher.stats()).toMatchObject({ temporal: 'answers', failed: 1 })
  })

  it('wakes the running workflow of an announced delivery', async () => {
    begin()
    const { id } = await buildOutbound(db)
    starter.running.add(`outbound/${id}`)
    dispatcher.notifyOutbound(await loadOutboundForDispatch(db, { outboundIds: [Number(id)] }))
    await until('it is woken', () => starter.woken.includes(`outbound/${id}`))
  })

  it('wakes a workflow announced again right after its start, before that is recorded', async () => {
    begin()
    const { id } = await buildOutbound(db)
    const rows = await loadOutboundForDispatch(db, { outboundIds: [Number(id)] })
    dispatcher.notifyOutbound(rows)
    await until('it is started', () => starter.started.length === 1)
    dispatcher.notifyOutbound(rows)
    await until('it is woken', () => starter.woken.includes(`outbound/${id}`))
  })

  it('passes on a turn left behind by an earlier process, and one lost later', async () => {
    const waits = { state: 'queued', waiting: true, workflowStartedAt: new Date() } as const
    const left = await buildOutbound(db, waits)
    const behind = await buildOutbound(db, { ...waits, targetKey: left.targetKey, orderKey: 1 })
    begin({ lostTurnsMs: 200 })
    await until('it is woken', () => starter.woken.includes(`outbound/${left.id}`))
    const later = await buildOutbound(db, waits)
    await until('that one too', () => starter.woken.includes(`outbound/${later.id}`))
    expect(starter.woken).not.toContain(`outbound/${behind.id}`)
  })

  it('starts a delivery held by a dead process, but only while its own heartbeat is steady', async () => {
    const gone = 77
    await silenceProcess(db, gone, 60)
    const group = await buildGroup(db)
    const device = await buildDevice(db, { groupId: group.id })
    const url = 'https://example.org/hook'
    const { endpointId } = await buildWebhookRoute(db, { groupId: group.id, deviceId: device.id, url })
    const inHand = { endpointId, lane: 'direct', targetKind: 'webhook', state: 'sending' } as const
    const { id } = await buildOutbound(db, { ...inHand, targetKey: `webhook/${endpointId}/1` })
    const attempt = { outboundId: id, number: 1, startedAt: new Date(), processId: gone }
    await db.write((transaction) => db.models.DeliveryAttempt.create(attempt, { transaction }))
    let isSteady = false
    begin({ heart: { id: 1, isSteady: () => isSteady } })
    await caughtUp()
    dispatcher.notifyInbound(await storePositions(db, { imei: '300234010000001', count: 1 }))
    await until('something else is started', () => starter.started.length === 1)
    expect(starter.started).not.toContain(`outbound/${id}`)
    isSteady = true
    await until('it has a workflow', () => starter.started.includes(`outbound/${id}`))
  })

  it('leaves alone a turn that is about to be passed on', async () => {
    const waits = { state: 'queued', waiting: true, workflowStartedAt: new Date() } as const
    const left = await buildOutbound(db, waits)
    begin({ lostTurnsMs: 400 })
    await until('the first look was taken', () => starter.woken.includes(`outbound/${left.id}`))
    const { id } = await buildOutbound(db, waits)
    // Less than the time between two looks: one of them may have seen it waiting.
    await new Promise((resolve) => setTimeout(resolve, 200))
    await db.write((transaction) =>
      db.models.OutboundMessage.update({ state: 'sending', waiting: false }, { where: { id }, transaction }),
    )
    await until('two more looks were taken', () => starter.woken.length >= 3)
    expect(starter.woken).not.toContain(`outbound/${id}`)
  })
})
