import { createGate, GateFullError } from '../gate.ts'
import { hashPassword, verifyPassword } from './password.ts'

describe('passwords', () => {
  it('verify against a hash that records the scrypt parameters', async () => {
    const hash = await hashPassword('Pʻō 1234')
    expect(hash).toMatch(/^scrypt\$32768\$8\$1\$[\w-]{22}\$[\w-]{43}$/)
    expect(await verifyPassword('Pʻō 1234'.normalize('NFD'), hash)).toBe(true)
    expect(await verifyPassword('Pʻō 1235', hash)).toBe(false)
    expect(await verifyPassword('', hash)).toBe(false)
    expect(await verifyPassword('x', 'md5$abc')).toBe(false)
    expect(await verifyPassword('x', null)).toBe(false)
  })
})

describe('createGate()', () => {
  it('limits running tasks, queues a limited number in order, and rejects the rest', async () => {
    const gate = createGate({ concurrency: 1, maxWaiting: 2 })
    const order: number[] = []
    const release: (() => void)[] = []
    const start = (n: number) =>
      gate.run(async () => {
        order.push(n)
        await new Promise<void>((resolve) => release.push(resolve))
      })
    const all = [start(1), start(2), start(3)]
    await expect(start(4)).rejects.toBeInstanceOf(GateFullError)
    expect(order).toEqual([1])
    for (let i = 0; i < 3; i += 1) {
      release[i]?.()
      await all[i]
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(order).toEqual([1, 2, 3])
    await gate.run(async () => undefined)
  })

  it('drops a waiting task whose signal aborts, and frees its place in the queue', async () => {
    const gate = createGate({ concurrency: 1, maxWaiting: 1 })
    let end: () => void = () => undefined
    const first = gate.run(() => new Promise<void>((resolve) => (end = resolve)))
    const leaving = new AbortController()
    const left = gate.run(() => Promise.resolve('never'), leaving.signal)
    leaving.abort(new Error('gone'))
    await expect(left).rejects.toThrow('gone')
    await expect(gate.run(() => Promise.resolve('never'), leaving.signal)).rejects.toThrow('gone')
    const next = gate.run(() => Promise.resolve('next'))
    end()
    await first
    expect(await next).toBe('next')
  })

  it('runs the next task after one fails', async () => {
    const gate = createGate({ concurrency: 1, maxWaiting: 5 })
    const failing = gate.run(() => Promise.reject(new Error('no')))
    const next = gate.run(async () => 'yes')
    await expect(failing).rejects.toThrow('no')
    expect(await next).toBe('yes')
  })
})
