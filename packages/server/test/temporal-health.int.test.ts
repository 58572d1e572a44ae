import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { loadConfig } from '../src/config/load-config.ts'
import { createLog } from '../src/log/create-log.ts'
import { watchTemporal } from '../src/process/health-watch.ts'
import { createTemporalSide, type TemporalSide } from '../src/process/temporal-side.ts'

const address = process.env['PAIKEA_TEST_TEMPORAL_ADDRESS']
const withTemporal = address === undefined ? describe.skip : describe

withTemporal('the health of Temporal (skipped where there is none)', () => {
  const sides: TemporalSide[] = []
  afterEach(async () => {
    for (const side of sides.splice(0)) await side.close()
  })

  function sideOf(namespace: string): TemporalSide {
    const { temporal } = loadConfig({ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace })
    const log = createLog({ level: 'silent', role: 'test' })
    const side = createTemporalSide({ temporal, log, eagerStarter: () => null })
    sides.push(side)
    return side
  }

  async function stateOf(side: Parameters<typeof watchTemporal>[0], wanted: string) {
    const watch = watchTemporal(side, 50)
    for (const end = Date.now() + 30_000; watch.health().state !== wanted && Date.now() < end;) await sleep(20)
    watch.stop()
    return watch.health()
  }

  it('is up after a single probe workflow has started, which leaves nothing behind', async () => {
    const side = sideOf('default')
    let tries = 0
    const tryStart = (): Promise<void> => {
      tries += 1
      return side.tryStart()
    }
    expect(await stateOf({ ...side, tryStart }, 'up')).toEqual({ state: 'up' })
    // Bounded: what was just shown is not tried again at the next look.
    expect(tries).toBe(1)
    const connection = await Connection.connect({ address: address ?? '' })
    const client = new Client({ connection, namespace: 'default' })
    const left = async () => (await client.workflow.count('WorkflowType = "readinessProbe"')).count
    for (const end = Date.now() + 30_000; (await left()) > 0 && Date.now() < end;) await sleep(100)
    expect(await left()).toBe(0)
    await connection.close()
  })

  it('is down when it answers but cannot start a workflow', async () => {
    const side = sideOf('no-such-namespace')
    expect(await side.isAnswering()).toBe(true)
    expect(await stateOf(side, 'down')).toMatchObject({
      state: 'down',
      detail: expect.stringMatching(/^answers, but starts no workflow \(.*no-such-namespace/),
    })
  })

  it('is up as soon as a real workflow has started, without waiting for the next check', async () => {
    const side = sideOf('no-such-namespace')
    let succeededAt = Number.NEGATIVE_INFINITY
    const watch = watchTemporal({ ...side, lastStarts: () => ({ succeededAt, failedAt: -1 }) }, 60_000)
    for (const end = Date.now() + 30_000; watch.health().state !== 'down' && Date.now() < end;) await sleep(20)
    expect(watch.health()).toMatchObject({ state: 'down' })
    succeededAt = performance.now()
    expect(watch.health()).toEqual({ state: 'up' })
    watch.stop()
  })

  it('is probed again after a real start has failed', async () => {
    const side = sideOf('default')
    let failedAt = Number.NEGATIVE_INFINITY
    let tries = 0
    const watch = watchTemporal(
      {
        isAnswering: () => side.isAnswering(),
        refusal: () => null,
        lastStarts: () => ({ ...side.lastStarts(), failedAt }),
        tryStart: () => {
          tries += 1
          return side.tryStart()
        },
      },
      20,
    )
    const until = async (check: () => boolean): Promise<void> => {
      for (const end = Date.now() + 30_000; !check() && Date.now() < end;) await sleep(10)
    }
    await until(() => watch.health().state === 'up')
    expect(tries).toBe(1)
    failedAt = performance.now()
    await until(() => tries === 2)
    watch.stop()
    expect(tries).toBe(2)
  })
})
