import { z } from 'zod'
import { waitFor } from '../src/services/wait-for.ts'
import { clear, makeSite, type Site, start, Visitor } from './support/running-system.ts'

const hasTemporal = process.env['PAIKEA_TEST_TEMPORAL_CLI'] !== undefined
const withTemporal = hasTemporal ? describe : describe.skip
const skipped = hasTemporal ? '' : ' (skipped: no Temporal CLI here)'
const MINUTES_MS = 60_000

const answeredCommand = z.object({ id: z.int(), state: z.string() })
const reportPage = z.object({
  items: z.array(z.object({ reasonCode: z.number().nullable(), sleepMinutes: z.number().nullable() })),
})
const simulatedSea = z.object({ devices: z.array(z.object({ iam: z.string(), beaconOn: z.boolean().optional() })) })

withTemporal(`simulated buoys under command${skipped}`, () => {
  let site: Site
  let visitor: Visitor

  beforeAll(async () => {
    site = await makeSite()
    await start(site)
    visitor = new Visitor(site)
    await visitor.logIn()
  }, 3 * MINUTES_MS)
  afterAll(() => clear(site))

  test(
    'sleep (v3) or switch on their beacon (v2) as ordered, and confirm it by their own reports',
    async () => {
      const simulator = `http://127.0.0.1:${site.ports.simulator}/sim`
      const setSpeed = (speed: number) =>
        fetch(`${simulator}/clock`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ speed }),
        })
      const tell = async (iam: string, body: object): Promise<string> => {
        const { id } = answeredCommand.parse(await visitor.post(`/v1/devices/${iam}/commands`, body))
        return `/v1/devices/${iam}/commands/${id}`
      }
      const [asleep, beacon] = await Promise.all([
        tell('PK901', { command: 'sleep', seconds: 600 }),
        tell('PK902', { command: 'beacon', on: true }),
      ])
      // Told at the speed of life: a report that is under way may be later than its order by a part of a second only.
      const stateOf = async (path: string) => answeredCommand.parse(await visitor.get(path)).state
      const hasState = async (state: string): Promise<boolean> =>
        (await Promise.all([asleep, beacon].map(stateOf))).every((one) => one === state)
      expect(await waitFor(() => hasState('sent'), { limitMs: MINUTES_MS, everyMs: 200 })).toBe(true)
      // The vendor tells whole seconds: a session within this one would seem to be before the order, and its answer too early.
      const nextSecondMs = Date.now() + 1_500
      await waitFor(async () => Date.now() > nextSecondMs, { limitMs: MINUTES_MS, everyMs: 100 })
      // A minute a second: two sessions of one device are still so far apart that their messages arrive in order.
      await setSpeed(60)
      try {
        await waitFor(() => hasState('confirmed'), { limitMs: 2 * MINUTES_MS, everyMs: 200 })
        expect(await Promise.all([asleep, beacon].map(stateOf))).toEqual(['confirmed', 'confirmed'])
        const reports = async () =>
          reportPage.parse(await visitor.get('/v1/devices/PK901/reports?limit=100')).items.toReversed()
        // st 3 answers the order, st 2 is what it says when it wakes: nothing comes between them.
        const afterAnswer = async () => {
          const all = await reports()
          return all[all.findLastIndex(({ sleepMinutes }) => sleepMinutes === 10) + 1]
        }
        expect(await waitFor(async () => (await afterAnswer()) !== undefined, { limitMs: MINUTES_MS })).toBe(true)
        expect(await afterAnswer()).toMatchObject({ reasonCode: 2, sleepMinutes: 0 })
        const sea = simulatedSea.parse(await (await fetch(simulator)).json())
        expect(sea.devices.find(({ iam }) => iam === 'PK902')).toMatchObject({ beaconOn: true })
      } finally {
        await setSpeed(1)
      }
    },
    4 * MINUTES_MS,
  )
})
