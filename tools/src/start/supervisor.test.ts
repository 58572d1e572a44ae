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
  test('starts a part again when it dies, and says so', async () => {
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

  test('tries again when a restart fails', async () => {
    const lines: string[] = []
    const one = createPart('api', [])
    const supervisor = new Supervisor({ ...quick, say: (line) => lines.push(line) })
    await supervisor.add(one.part)
    one.failNext(2)
    one.die()
    expect(await waitFor(async () => supervisor.pids()['api'] === 4, { limitMs: 2_000 })).toBe(true)
    expect(lines.slice(1, 3)).toEqual(Array(2).fill('api ended (did not start: port taken); starting it again'))
    await supervisor.stop()
  })

  test('gives up with one line after too many deaths', async () => {
    const one = createPart('api', [])
    const supervisor = new Supervisor({ ...quick, maxDeaths: 3 })
    await supervisor.add(one.part)
    one.failNext(9)
    one.die()
    expect((await supervisor.failure).message).toBe('api ended 3 times in a short while (port taken); see /logs/api')
    expect(one.launches()).toBe(3)
  })

  test('gives up at once when the part says that it is useless', async () => {
    const one = createPart('api', [])
    const supervisor = new Supervisor(quick)
    await supervisor.add(one.part)
    one.die({ isFinal: true, lastLine: 'wrong configuration' })
    expect((await supervisor.failure).message).toBe('api ended (wrong configuration); see /logs/api')
    expect(one.launches()).toBe(1)
  })

  test('stops in reverse order and starts nothing again', async () => {
    const events: string[] = []
    const supervisor = new Supervisor(quick)
    for (const name of ['temporal', 'api', 'simulator']) await supervisor.add(createPart(name, events).part)
    await supervisor.stop()
    expect(events).toEqual([
      ...['start temporal', 'start api', 'start simulator'],
      ...['stop simulator', 'stop api', 'stop temporal'],
    ])
  })

  test('passes a failing first launch on', async () => {
    const one = createPart('api', [])
    one.failNext(1)
    await expect(new Supervisor(quick).add(one.part)).rejects.toThrow('port taken')
  })
})
