import type { Envelope } from '@paikea/intake'
import { inboundStart, inboundWorkflowId, type InboundResult } from '../src/mod.ts'
import { commandEnvelope } from '../src/testing/envelope.ts'
import { buildRoutedPair } from '@paikea/delivery/testing'
import { openStage, temporalOfTestRun, until, type Stage } from './stage.ts'

const { describeOn, address, why } = temporalOfTestRun()

describeOn(`envelopes on a real server${why}`, () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await openStage({ address })
    stage.dispatcher.start()
  })
  afterAll(() => stage.close())

  const start = (envelope: Envelope, key: string): Promise<string> =>
    stage.starter.start(inboundStart({ kind: 'envelope', envelope, key }, inboundWorkflowId(key)))
  const resultOf = (key: string): Promise<InboundResult> =>
    stage.client.workflow.getHandle(inboundWorkflowId(key)).result() as Promise<InboundResult> // the contract's type
  const sentTo = (imei: string): string[] =>
    stage.vendor.sent.filter((message) => message.imei === imei).map(({ data }) => Buffer.from(data).toString())

  it('pass through the intake once, and are delivered like any other message', async () => {
    const pair = await buildRoutedPair(stage.db)
    const key = `a/envelope-${pair.imei}`
    const envelope = commandEnvelope(pair.imei, false, '10:00:00')
    expect(await start(envelope, key)).toBe('started')
    expect(await start(envelope, key)).toBe('already')
    expect(await resultOf(key)).toMatchObject({ state: 'processed', deliveries: [expect.any(Number)] })
    await until('it is sent', () => sentTo(pair.targetImei).length > 0)
    expect(sentTo(pair.targetImei)).toEqual(['+DATA:PK005,0;'])
  })

  it('skip the older of two commands that arrive in reverse order', async () => {
    const pair = await buildRoutedPair(stage.db)
    const [newer, older] = [`a/newer-${pair.imei}`, `a/older-${pair.imei}`]
    await start(commandEnvelope(pair.imei, false, '10:00:30'), newer)
    await resultOf(newer)
    await start(commandEnvelope(pair.imei, true, '10:00:00'), older)
    const skipped = [{ routeId: pair.routeId, reason: 'overtaken' }]
    expect(await resultOf(older)).toMatchObject({ state: 'processed', deliveries: [], skipped })
    await until('the newer one is sent', () => sentTo(pair.targetImei).length > 0)
    expect(sentTo(pair.targetImei)).toEqual(['+DATA:PK005,0;'])
  })
})
