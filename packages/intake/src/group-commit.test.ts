import { createGroupCommit, type GroupCommit } from './group-commit.ts'

interface Item {
  readonly modem: string | null
  readonly n: number
}

/** A store whose writes end when the test says so. */
function build(maxInFlight: number): {
  commit: GroupCommit<Item, number>
  batches: number[][]
  finish: (batch: number) => Promise<void>
} {
  const batches: number[][] = []
  const done: (() => void)[] = []
  const commit = createGroupCommit<Item, number>({
    write: (items) => {
      batches.push(items.map(({ n }) => n))
      return new Promise((resolve) => done.push(() => resolve(items.map(({ n }) => n))))
    },
    maxBatch: 10,
    maxBatchBytes: 1_000,
    bytesOf: () => 1,
    orderKeyOf: ({ modem }) => modem,
    maxInFlight,
    overlapFrom: 8,
    writeTimeoutMs: 10_000,
    giveUp: () => new Error('given up'),
    onFailure: () => undefined,
    onLateOutcomes: () => undefined,
  })
  return {
    commit,
    batches,
    finish: async (batch) => {
      done[batch]?.()
      await turns()
    },
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index)

describe('group commit', () => {
  it('collects the items that arrive during a write and writes them as one batch', async () => {
    const { commit, batches, finish } = build(1)
    const answers = [commit.submit({ modem: 'a', n: 0 })]
    await turns()
    for (const n of range(1, 9)) answers.push(commit.submit({ modem: `m${n}`, n }))
    await turns()
    expect(batches).toEqual([[0]])
    await finish(0)
    expect(batches).toEqual([[0], range(1, 9)])
    await finish(1)
    await expect(Promise.all(answers)).resolves.toEqual(range(0, 9))
  })

  it('starts a second batch beside the first when enough items wait, but never a third', async () => {
    const { commit, batches, finish } = build(2)
    const submit = (n: number): Promise<number> => commit.submit({ modem: `m${n}`, n })
    const answers = [submit(0)]
    await turns()
    answers.push(...range(1, 7).map(submit))
    await turns()
    expect(batches).toEqual([[0]])
    answers.push(submit(8))
    await turns()
    expect(batches).toEqual([[0], range(1, 8)])
    answers.push(...range(9, 20).map(submit))
    await turns()
    expect(batches).toHaveLength(2)
    await finish(1)
    expect(batches[2]).toEqual(range(9, 18))
    await finish(0)
    await finish(2)
    await finish(3)
    await expect(Promise.all(answers)).resolves.toEqual(range(0, 20))
    await commit.idle()
  })

  it('keeps one modem’s items in order by waiting for the batch with its previous item', async () => {
    const { commit, batches, finish } = build(2)
    const answers = [commit.submit({ modem: 'slow', n: 0 })]
    await turns()
    for (const n of range(1, 10)) answers.push(commit.submit({ modem: n % 5 === 0 ? 'slow' : `m${n}`, n }))
    await turns()
    expect(batches).toEqual([[0], [1, 2, 3, 4, 6, 7, 8, 9]])
    await finish(1)
    expect(batches).toHaveLength(2)
    await finish(0)
    expect(batches[2]).toEqual([5, 10])
    await finish(2)
    await expect(Promise.all(answers)).resolves.toEqual(range(0, 10))
  })

  it('puts items without a modem into any batch', async () => {
    const { commit, batches, finish } = build(2)
    const answers = [commit.submit({ modem: null, n: 0 })]
    await turns()
    answers.push(...range(1, 8).map((n) => commit.submit({ modem: null, n })))
    await turns()
    expect(batches).toEqual([[0], range(1, 8)])
    await finish(0)
    await finish(1)
    await Promise.all(answers)
  })
})
