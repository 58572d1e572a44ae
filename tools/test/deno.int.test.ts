import { waitFor } from '../src/services/wait-for.ts'
import {
  clear,
  delivery,
  type RunningSystem,
  leftOver,
  makeSite,
  partOf,
  signal,
  type Site,
  start,
  Visitor,
} from './support/running-system.ts'

const hasTemporal = process.env['PAIKEA_TEST_TEMPORAL_CLI'] !== undefined
const withTemporal = hasTemporal ? describe : describe.skip
const BUOY = '300434061000001'
const HANDSET = '300434061000000'

withTemporal(`deno task start${hasTemporal ? '' : ' (skipped: no Temporal CLI here)'}`, () => {
  let site: Site
  let system: RunningSystem
  beforeAll(async () => {
    site = await makeSite()
    system = await start(site, 'deno')
  }, 180_000)
  afterAll(() => clear(site))

  test('decodes a webhook, routes it, and leaves no process behind when stopped', async () => {
    const visitor = new Visitor(site)
    await visitor.logIn()
    expect(await visitor.deliver(delivery({ imei: BUOY, momsn: 50_001, minutes: 888 }))).toBe('accepted')
    expect(await visitor.get(`/v1/messages/inbound?imei=${BUOY}`)).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({
          momsn: 50_001,
          decoded: expect.objectContaining({ packetType: 'PK001', batteryVolts: 4.7 }),
        }),
      ]),
    })
    const isSent = async (): Promise<boolean> => (await visitor.sentTo(HANDSET)).includes('+DATA:PK004,3749.1888,N,')
    expect(await waitFor(isSent, { limitMs: 30_000 })).toBe(true)
    expect(partOf(site, 'server')).not.toBeNull()
    signal(system, 'SIGTERM')
    expect(await system.ended).toBe(0)
    expect(await leftOver(site)).toEqual([])
  }, 90_000)
})
