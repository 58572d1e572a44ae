import { readOptions } from './options.ts'
import { reportKills } from './report.ts'
import { longestGapMs } from './vendor.ts'

describe('the rehearsal', () => {
  test('sends 20,000 messages by default, and names a wrong flag', () => {
    expect(readOptions([], 5)).toMatchObject({ seed: 5, messages: 20_000, calm: 2_000, keeps: false })
    expect(() => readOptions(['--messages', 'many'], 5)).toThrow('--messages takes a whole number')
  })

  test('finds the longest time without answers in a given span', () => {
    const answers = [1_000, 1_100, 1_200, 4_200, 4_300, 9_300]
    expect(longestGapMs(answers, 1_150, 4_000)).toBe(3_000)
    expect(longestGapMs(answers, 1_050, 1_060)).toBe(100)
    expect(longestGapMs(answers, 0, Infinity)).toBe(5_000)
  })

  test('reports for each kill how long the messages around it took', () => {
    const lines: string[] = []
    reportKills(
      {
        kills: [{ part: 'worker-1', atMs: 10_000, upAtMs: 12_000 }],
        stretch: { sent: [], beganAt: 0, refused: 0, answeredAt: [9_000, 9_500, 11_000, 13_000] },
        times: [
          { receivedAt: 1_000, actedAt: 90_000, deliveredAt: 90_000 },
          { receivedAt: 9_000, actedAt: 16_000, deliveredAt: 31_000 },
          { receivedAt: 11_000, actedAt: 11_100, deliveredAt: null },
        ],
      },
      (line) => void lines.push(line),
    )
    expect(lines).toContain('worker-1 | 2.0 | 2.0 | 7.0 | 22.0')
    expect(lines.at(-1)).toBe('time without answers: 2.0 s at most')
  })
})
