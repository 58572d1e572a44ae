import { createPortions } from './portions.ts'

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('createPortions()', () => {
  it('lets a crowd in by portions, in the order of asking, with a turn of the event loop between them', async () => {
    const portions = createPortions(2)
    const begun: number[] = []
    const all = Promise.all([1, 2, 3, 4, 5].map((one) => portions.turn().then(() => begun.push(one))))
    const seen: number[][] = []
    for (let turn = 0; turn < 4; turn += 1) {
      seen.push([...begun])
      await nextTurn()
    }
    await all
    expect(seen).toEqual([[], [1, 2], [1, 2, 3, 4], [1, 2, 3, 4, 5]])
  })

  it('lets in who comes while others wait behind them, and starts again after a pause', async () => {
    const portions = createPortions(1)
    const begun: string[] = []
    const first = portions.turn().then(() => begun.push('first'))
    const second = portions.turn().then(() => begun.push('second'))
    await first
    const third = portions.turn().then(() => begun.push('third'))
    await Promise.all([second, third])
    await nextTurn()
    await portions.turn().then(() => begun.push('fourth'))
    expect(begun).toEqual(['first', 'second', 'third', 'fourth'])
  })
})
