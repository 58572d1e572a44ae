import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { waitFor } from '../src/services/wait-for.ts'
import {
  clear,
  delivery,
  type House,
  launch,
  leftOver,
  makeSite,
  pidOf,
  signal,
  type Site,
  untilUp,
  Visitor,
  inboundOf,
} from './support/house.ts'
import { canMount, fill, seenBy, smallDisk } from './support/small-disk.ts'

const canRun = process.env['PAIKEA_TEST_TEMPORAL_CLI'] !== undefined && canMount()
const withSmallDisk = canRun ? describe : describe.skip
const skipped = canRun ? '' : ' (skipped: no Temporal CLI here, or nothing can be mounted)'

const minutesMs = 60_000
const megabytes = 40
const imei = '300434069000300'

withSmallDisk(`npm start with everything on one disk that is full${skipped}`, () => {
  let site: Site
  let house: House
  let folder: string
  let makeRoom: () => void
  let visitor: Visitor
  const sent: number[] = []

  beforeAll(async () => {
    site = await makeSite()
    house = await untilUp(launch(site, 'node', {}, smallDisk(site.dataFolder, megabytes).wrapper))
    folder = seenBy(house.starter.pid ?? 0, site.dataFolder)
    visitor = new Visitor({ ...site, dataFolder: folder })
    await visitor.logIn()
    makeRoom = fill(folder)
  }, 3 * minutesMs)
  afterAll(() => clear(site))

  const api = (path: string): string => `http://127.0.0.1:${site.ports.api}${path}`
  const isReady = async (): Promise<boolean> => (await fetch(api('/readyz')).catch(() => null))?.status === 200

  async function deliver(momsn: number): Promise<Response> {
    const secret = readFileSync(join(folder, 'webhook-secret.txt'), 'utf8').trim()
    return fetch(api(`/rockblock/incoming/${secret}`), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(delivery({ imei, momsn, minutes: momsn })),
      signal: AbortSignal.timeout(20_000),
    })
  }

  const countOf = (line: string): number => house.output().split(line).length - 1

  test(
    'answers 503 with Retry-After once nothing can be kept',
    async () => {
      let refusal: Response | null = null
      while (refusal === null && sent.length < 500) {
        const response = await deliver(sent.length + 1)
        sent.push(sent.length + 1)
        if (response.status !== 200) refusal = response
      }
      expect(refusal?.status).toBe(503)
      expect(Number(refusal?.headers.get('retry-after'))).toBeGreaterThan(0)
    },
    minutesMs,
  )

  test(
    'keeps its parts: none ends for want of a log line',
    async () => {
      const before = [pidOf(site, 'server'), pidOf(site, 'temporal'), pidOf(site, 'simulator')]
      const refusals = await Promise.all(Array.from({ length: 40 }, () => deliver(1)))
      expect(new Set(refusals.map(({ status }) => status))).toEqual(new Set([503]))
      // Temporal answers every question, and so does the database: neither could keep a message.
      expect(await waitFor(async () => !(await isReady()), { limitMs: minutesMs / 2 })).toBe(true)
      expect(await inboundOf(visitor, imei)).not.toBeNull()
      expect([pidOf(site, 'server'), pidOf(site, 'temporal'), pidOf(site, 'simulator')]).toEqual(before)
      expect(house.output()).not.toContain('ended')
    },
    minutesMs,
  )

  test(
    'goes on with the other parts while one cannot be started, and says why in its own words',
    async () => {
      process.kill(pidOf(site, 'temporal'), 'SIGKILL')
      process.kill(pidOf(site, 'server'), 'SIGKILL')
      const failures = (): number =>
        house.output().match(/^Temporal did not start: .*full.*; starting it again/gm)?.length ?? 0
      expect(
        await waitFor(async () => countOf('server is back') === 1 && failures() >= 5, { limitMs: 2 * minutesMs }),
      ).toBe(true)
      expect(house.output()).toContain('server ended (signal SIGKILL); starting it again')
      expect((await deliver(1)).status).toBe(503)
      expect((await fetch(api('/readyz'))).status).toBe(503)
      expect(house.starter.exitCode).toBeNull()
    },
    3 * minutesMs,
  )

  test(
    'goes on by itself when there is room again, with every message, once',
    async () => {
      const logBefore = statSync(join(folder, 'logs/server.log')).size
      makeRoom()
      expect(
        await waitFor(async () => countOf('temporal is back') === 1 && (await isReady()), { limitMs: 2 * minutesMs }),
      ).toBe(true)
      for (const momsn of sent) expect((await deliver(momsn)).status).toBe(200)
      const isDone = async (): Promise<boolean> =>
        (await inboundOf(visitor, imei)).filter((item) => item.state === 'processed').length >= sent.length
      expect(await waitFor(isDone, { limitMs: minutesMs, everyMs: 200 })).toBe(true)
      const momsns = (await inboundOf(visitor, imei)).map((item) => item.momsn)
      expect(momsns.toSorted((a, b) => a - b)).toEqual(sent)
      expect(statSync(join(folder, 'logs/server.log')).size).toBeGreaterThan(logBefore)
    },
    4 * minutesMs,
  )

  test(
    'stops in order',
    async () => {
      signal(house, 'SIGTERM')
      expect(await house.ended).toBe(0)
      expect(await leftOver(site)).toEqual([])
    },
    minutesMs,
  )
})
