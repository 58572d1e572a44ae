import { waitFor } from '../services/wait-for.ts'
import type { Part, PartEnd } from './part.ts'
import { StartError } from './start-error.ts'
import { Supervisor } from './supervisor.ts'

/** A part that lives in this process, so that a test decides when it dies. */
function createPart(name: string, events: string[]) {
  let die: (end: PartEnd) => void = () => undefined
  let failLaunches = 0
  let launches = 0
  const part: Part = {
    name,
    logFile: `/logs/${name}`,
    async launch() {
      launches += 1
      if (failLaunches > 0) {
        failLaunches -= 1
        throw new StartError('port taken')
      }
      events.push(`start ${name}`)
      const ended = new Promise<PartEnd>((resolve) => {
        die = resolve
      })
      return {
        pid: launches,
        ended,
        async stop() {
          events.push(`stop ${name}`)
          die({ how: 'code 0', lastLine: '', isFinal: false })
        },
        kill: () => events.push(`kill ${name}`),
      }
    },
  }
  return {
    part,
    die: (end: Partial<PartEnd> = {}) => die({ how: 'signal SIGKILL', lastLine: 'Killed', isFinal: false, ...end }),
    failNext: (count: number) => (failLaunches = count),
    launches: () => launches,
  }
}

const quick = { firstDelayMs: 1, say: () => undefined }

describe('Supervisor', () => {
  test('restarts a part when it dies, and reports it', async () => {
    const lines: string[] = []
    const one = createPart('api', [])
    const supervisor = new Supervisor({ ...quick, say: (line) => lines.push(line) })
    await supervisor.add(one.part)
    one.die()
    expect(await waitFor(async () => lines.length === 2, { limitMs: 2_000 })).toBe(true)
    expect(lines).toEqual(['api ended (signal SIGKILL); starting it again', 'api is back'])
    expect(supervisor.pids()).toEqual({ api: 2 })
    await supervisor.stop()
    expect(one.launches()).toBe(2)
  })

  test('retries a failing restart until it succeeds, while the other parts run on', async () => {
    const lines: string[] = []
    const [one, two] = [createPart('api', []), createPart('temporal', [])]
    const supervisor = new Supervisor({ firstDelayMs: 1, longestDelayMs: 4, say: (line) => lines.push(line) })
    await supervisor.add(two.part)
    await supervisor.add(one.part)
    one.failNext(20)
    one.die({ how: 'code 1', lastLine: 'database or disk is full' })
    expect(await waitFor(async () => lines.at(-1) === 'api is back', { limitMs: 5_000 })).toBe(true)
    expect(lines).toEqual([
      'api ended (code 1: database or disk is full); starting it again',
      ...Array<string>(20).fill('port taken; starting it again'),
      'api is back',
    ])
    expect(supervisor.pids()).toEqual({ temporal: 1, api: 22 })
    await supervisor.stop()
  })

  test.each([
    ['waits longer after each death', Number.POSITIVE_INFINITY, [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000]],
    ['begins anew with a part that was well for a while', 0, [250, 250, 250]],
  ])('%s', async (_, wellAfterMs, expected) => {
    const pauses: number[] = []
    const one = createPart('api', [])
    const pause = async (ms: number): Promise<void> => void pauses.push(ms)
    const supervisor = new Supervisor({ say: () => undefined, wellAfterMs, pause })
    await supervisor.add(one.part)
    for (const [at] of expected.entries()) {
      one.die()
      expect(await waitFor(async () => supervisor.pids()['api'] === at + 2, { limitMs: 2_000, everyMs: 1 })).toBe(true)
    }
    expect(pauses).toEqual(expected)
    await supervisor.stop()
  })

  test('gives up at once when the end of a part is final', async () => {
    const one = createPart('api', [])
    const supervisor = new Supervisor(quick)
    await supervisor.add(one.part)
    one.die({ isFinal: true, lastLine: 'wrong configuration' })
    expect((await supervisor.failure).message).toBe('api ended (wrong configuration); see /logs/api')
    expect(one.launches()).toBe(1)
  })

  test('stops parts in reverse order, and restarts none', async () => {
    const events: string[] = []
    const supervisor = new Supervisor(quick)
    for (const name of ['temporal', 'api', 'simulator']) await supervisor.add(createPart(name, events).part)
    await supervisor.stop()
    expect(events).toEqual([
      ...['start temporal', 'start api', 'start simulator'],
      ...['stop simulator', 'stop api', 'stop temporal'],
    ])
  })

  test('rejects when the first launch fails', async () => {
    const one = createPart('api', [])
    one.failNext(1)
    await expect(new Supervisor(quick).add(one.part)).rejects.toThrow('port taken')
  })
})
