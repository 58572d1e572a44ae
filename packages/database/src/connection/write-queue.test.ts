import { WriteQueueError } from './errors.ts'
import { createWriteQueue } from './write-queue.ts'

describe('createWriteQueue()', () => {
  it('runs one write at a time, in the order requested, and continues after a failure', async () => {
    const queue = createWriteQueue()
    const events: string[] = []
    const run = (name: string) =>
      queue.run(async () => {
        events.push(`${name} starts`)
        await Promise.resolve()
        events.push(`${name} ends`)
        if (name === 'b') throw new Error('b failed')
      })
    const results = await Promise.allSettled([run('a'), run('b'), run('c')])
    expect(events).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends'])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  it('runs urgent writes first, but one other write after every three of them', async () => {
    const queue = createWriteQueue()
    const order: string[] = []
    const run = (name: string, isUrgent: boolean) => queue.run(async () => void order.push(name), { isUrgent })
    await Promise.all([
      run('first', false),
      run('other 1', false),
      run('other 2', false),
      ...[1, 2, 3, 4].map((n) => run(`urgent ${n}`, true)),
    ])
    expect(order).toEqual(['first', 'urgent 1', 'urgent 2', 'urgent 3', 'other 1', 'urgent 4', 'other 2'])
  })

  it('rejects a nested write instead of waiting for ever, and keeps working afterwards', async () => {
    const queue = createWriteQueue(20)
    await expect(queue.run(() => queue.run(async () => 'never'))).rejects.toThrow(WriteQueueError)
    await expect(queue.run(async () => 'next')).resolves.toBe('next')
  })

  it('keeps the order behind a write that timed out while waiting', async () => {
    const queue = createWriteQueue(30)
    let isFirstDone = false
    let finish = (): void => {}
    const first = queue.run(() => new Promise<void>((resolve) => (finish = resolve)))
    const second = queue.run(async () => 'too late')
    await expect(second).rejects.toThrow(WriteQueueError)
    const third = queue.run(async () => isFirstDone)
    isFirstDone = true
    finish()
    await first
    await expect(third).resolves.toBe(true)
  })

  it('drops a write that is aborted before its turn', async () => {
    const queue = createWriteQueue()
    let finish = (): void => {}
    const first = queue.run(() => new Promise<void>((resolve) => (finish = resolve)))
    const off = new AbortController()
    const ran: string[] = []
    const second = queue.run(async () => ran.push('second'), { signal: off.signal })
    const third = queue.run(async () => ran.push('third'))
    off.abort(new Error('called off'))
    await expect(second).rejects.toThrow('called off')
    await expect(queue.run(async () => ran.push('late'), { signal: off.signal })).rejects.toThrow('called off')
    finish()
    await Promise.all([first, third])
    expect(ran).toEqual(['third'])
  })
})
