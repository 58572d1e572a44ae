import type { SlotPermit, SlotReserveContext, WorkflowSlotInfo } from '@temporalio/worker'

import { createTaskSlots } from './task-slots.ts'

const context: SlotReserveContext = {
  slotType: 'workflow',
  taskQueue: 'paikea',
  workerIdentity: 'one',
  workerBuildId: '',
  isSticky: false,
}
const slotInfo: WorkflowSlotInfo = { type: 'workflow', workflowType: 'inboundMessage', isSticky: false }

describe('slots for workflow tasks', () => {
  const never = new AbortController().signal
  function open(limits = { total: 4, busy: 2, polls: 2 }) {
    const slots = createTaskSlots(limits)
    const { supplier } = slots
    const poll = () => supplier.reserveSlot(context, never)
    const take = async (): Promise<SlotPermit> => {
      const permit = await poll()
      supplier.markSlotUsed({ slotInfo, permit })
      return permit
    }
    const release = (permit: SlotPermit): void => supplier.releaseSlot({ slotInfo, permit })
    return { slots, supplier, poll, take, release }
  }
  /** Whether a poll gets its slot without anything else happening. */
  async function isAnswered(asked: Promise<unknown>): Promise<boolean> {
    return await Promise.race([asked.then(() => true), new Promise<false>((done) => setImmediate(() => done(false)))])
  }

  it('are limited to what may be busy, and the next poll waits for one to be released', async () => {
    const { take, poll, release } = open()
    const [first] = [await take(), await take()]
    const third = poll()
    expect(await isAnswered(third)).toBe(false)
    release(first)
    expect(await isAnswered(third)).toBe(true)
  })

  it('grow while local activities are under way, up to the total', async () => {
    const { slots, take, poll } = open()
    const ends: (() => void)[] = []
    const hang = (): void => void slots.duringLocalActivity(() => new Promise<void>((end) => void ends.push(end)))
    await take()
    await take()
    const third = take()
    expect(await isAnswered(third)).toBe(false)
    hang()
    expect(await isAnswered(third)).toBe(true)
    hang()
    hang()
    expect(await isAnswered(take())).toBe(true)
    expect(await isAnswered(poll())).toBe(false)
    for (const end of ends) end()
  })

  it('are freed by a poll that found nothing', async () => {
    const { poll, release } = open()
    const [idle] = [await poll(), await poll()]
    const third = poll()
    expect(await isAnswered(third)).toBe(false)
    release(idle)
    expect(await isAnswered(third)).toBe(true)
  })

  it('allow an eager start beside idle polls, but not beyond the busy limit', async () => {
    const { supplier, poll, take, release } = open()
    const idle = await poll()
    await poll()
    const eager = supplier.tryReserveSlot(context)
    expect(eager).not.toBeNull()
    supplier.markSlotUsed({ slotInfo, permit: eager ?? {} })
    release(idle)
    const second = supplier.tryReserveSlot(context)
    expect(second).not.toBeNull()
    expect(supplier.tryReserveSlot(context)).toBeNull()
    release(eager ?? {})
    release(second ?? {})
    expect(await isAnswered(take())).toBe(true)
  })

  it('leave room for one queue when the other has all its polls', async () => {
    const { supplier, poll, take } = open({ total: 8, busy: 4, polls: 2 })
    const sticky = () => supplier.reserveSlot({ ...context, isSticky: true }, never)
    await sticky()
    await sticky()
    const third = sticky()
    expect(await isAnswered(third)).toBe(false)
    expect(await isAnswered(poll())).toBe(true)
    expect(await isAnswered(take())).toBe(true)
    expect(await isAnswered(third)).toBe(false)
  })

  it('are no longer waited for after the poll is aborted', async () => {
    const { supplier, take, release, poll } = open({ total: 1, busy: 1, polls: 1 })
    const first = await take()
    const leaving = new AbortController()
    const refused = supplier.reserveSlot(context, leaving.signal).catch((error: unknown) => Object(error).name)
    leaving.abort()
    expect(await refused).toBe('AbortError')
    release(first)
    expect(await isAnswered(poll())).toBe(true)
  })
})
