import { createPaced } from './paced.ts'

describe('paced work', () => {
  beforeEach(() => void jest.useFakeTimers())
  afterEach(() => void jest.useRealTimers())

  /** Work of a given length, counted. */
  function count(lastsMs: number) {
    const runs: number[] = []
    const paced = createPaced(() => {
      runs.push(performance.now())
      return new Promise((done) => setTimeout(done, lastsMs))
    }, 0.25)
    return { runs, paced }
  }

  it('runs at once, and once more after a rest for all requests made meanwhile', async () => {
    const { runs, paced } = count(100)
    const began = performance.now()
    for (let asked = 0; asked < 5; asked += 1) paced.ask()
    expect(runs).toHaveLength(1)
    await jest.advanceTimersByTimeAsync(399)
    expect(runs).toHaveLength(1)
    await jest.advanceTimersByTimeAsync(1000)
    expect(runs.map((at) => at - began)).toEqual([0, 400])
  })

  it('does not run again unasked, and runs again after a failure', async () => {
    let runs = 0
    const paced = createPaced(() => {
      runs += 1
      return Promise.reject(new Error('the map is gone'))
    }, 0.25)
    paced.ask()
    await jest.advanceTimersByTimeAsync(1000)
    expect(runs).toBe(1)
    paced.ask()
    expect(runs).toBe(2)
  })

  it('does not run again after stop()', async () => {
    const { runs, paced } = count(100)
    paced.ask()
    paced.ask()
    paced.stop()
    await jest.advanceTimersByTimeAsync(1000)
    paced.ask()
    expect(runs).toHaveLength(1)
  })
})
