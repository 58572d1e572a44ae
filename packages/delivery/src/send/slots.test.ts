import { Slots } from './slots.ts'

describe('Slots', () => {
  it('grants as many slots as the kind has, then refuses after the wait', async () => {
    const slots = new Slots({ atOnce: 2, atOncePerEndpoint: 2, maxWaiting: 8 })
    expect(await slots.take('a', 0)).not.toBeNull()
    expect(await slots.take('b', 0)).not.toBeNull()
    expect(await slots.take('c', 0)).toBeNull()
    expect(await slots.take('c', 5)).toBeNull()
    expect(slots.taken).toBe(2)
  })

  it('lets a hanging endpoint hold up only itself', async () => {
    const slots = new Slots({ atOnce: 3, atOncePerEndpoint: 1, maxWaiting: 8 })
    const hanging = await slots.take('hangs', 0)
    expect(await slots.take('hangs', 0)).toBeNull()
    expect(await slots.take('healthy', 0)).not.toBeNull()
    hanging?.()
    expect(await slots.take('hangs', 0)).not.toBeNull()
  })

  it('passes a freed slot to the first waiter whose endpoint has room', async () => {
    const slots = new Slots({ atOnce: 2, atOncePerEndpoint: 1, maxWaiting: 8 })
    await slots.take('hangs', 0)
    const healthy = await slots.take('healthy', 0)
    const given: string[] = []
    const stuck = slots.take('hangs', 20).then((release) => given.push(release === null ? 'none' : 'hangs'))
    const next = slots.take('other', 5_000).then((release) => given.push(release === null ? 'none' : 'other'))
    healthy?.()
    healthy?.()
    await next
    expect(given).toEqual(['other'])
    expect(slots.taken).toBe(2)
    await stuck
    expect(given).toEqual(['other', 'none'])
  })

  it('refuses at once if too many are waiting already', async () => {
    const slots = new Slots({ atOnce: 1, atOncePerEndpoint: 1, maxWaiting: 8 })
    const release = await slots.take('a', 0)
    const waiting = Array.from({ length: 8 }, () => slots.take('a', 10_000))
    expect(await slots.take('a', 10_000)).toBeNull()
    release?.()
    for (const wait of waiting) (await wait)?.()
    expect(slots.taken).toBe(0)
  })
})
