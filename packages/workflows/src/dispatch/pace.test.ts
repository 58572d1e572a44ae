import { Pace } from './pace.ts'

describe('Pace', () => {
  let nowMs = 0
  const taking = (ms: number) => async (): Promise<void> => void (nowMs += ms)

  test('is due at first, and again when the last run is down to its share of the time', async () => {
    const pace = new Pace({ share: 0.1, now: () => nowMs })
    expect(pace.isDue).toBe(true)
    await pace.run(taking(200))
    nowMs += 1_799
    expect(pace.isDue).toBe(false)
    nowMs += 1
    expect(pace.isDue).toBe(true)
  })

  test('counts a failed run too', async () => {
    const pace = new Pace({ share: 0.5, now: () => nowMs })
    const failing = pace.run(async () => {
      await taking(100)()
      throw new Error('no database')
    })
    await expect(failing).rejects.toThrow('no database')
    expect(pace.isDue).toBe(false)
    nowMs += 100
    expect(pace.isDue).toBe(true)
  })
})
