import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '@paikea/database'
import { databaseKinds } from '@paikea/database/testing'
import { freePort } from '@paikea/firmware/testing'
import { waitFor } from '../src/services/wait-for.ts'
import {
  clear,
  delivery,
  type RunningSystem,
  launch,
  leftOver,
  makeSite,
  pidOf,
  signal,
  type Site,
  untilUp,
  Visitor,
  inboundOf,
} from './support/running-system.ts'
import { nodePart } from '../src/start/node-part.ts'
import type { RunningPart } from '../src/start/part.ts'
import { type SmallMariaDb, startSmallMariaDb } from './support/small-mariadb.ts'
import { canMount, fill, seenBy, smallDisk } from './support/small-disk.ts'

const canRun = process.env['PAIKEA_TEST_TEMPORAL_CLI'] !== undefined && canMount()
const withSmallDisk = canRun ? describe : describe.skip
const skipped = canRun ? '' : ' (skipped: no Temporal CLI here, or nothing can be mounted)'

const MINUTES_MS = 60_000
const MEGABYTES = 40
const IMEI = '300434069000300'

withSmallDisk(`npm start with everything on one full disk${skipped}`, () => {
  let site: Site
  let system: RunningSystem
  let folder: string
  let makeRoom: () => void
  let visitor: Visitor
  const sent: number[] = []

  beforeAll(async () => {
    site = await makeSite()
    system = await untilUp(launch(site, 'node', {}, smallDisk(site.dataFolder, MEGABYTES).wrapper))
    folder = seenBy(system.starter.pid ?? 0, site.dataFolder)
    visitor = new Visitor({ ...site, dataFolder: folder })
    await visitor.logIn()
    makeRoom = fill(folder)
  }, 3 * MINUTES_MS)
  afterAll(() => clear(site))

  const api = (path: string): string => `http://127.0.0.1:${site.ports.api}${path}`
  const isReady = async (): Promise<boolean> => (await fetch(api('/readyz')).catch(() => null))?.status === 200

  async function deliver(momsn: number): Promise<Response> {
    const secret = readFileSync(join(folder, 'webhook-secret.txt'), 'utf8').trim()
    return fetch(api(`/rockblock/incoming/${secret}`), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(delivery({ imei: IMEI, momsn, minutes: momsn })),
      signal: AbortSignal.timeout(20_000),
    })
  }

  const countOf = (line: string): number => system.output().split(line).length - 1

  test(
    'answers 503 with Retry-After as soon as nothing can be stored',
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
    MINUTES_MS,
  )

  test(
    'keeps every part running, still answers reads, and reports that it is not ready',
    async () => {
      const before = [pidOf(site, 'server'), pidOf(site, 'temporal'), pidOf(site, 'simulator')]
      const refusals = await Promise.all(Array.from({ length: 40 }, () => deliver(1)))
      expect(new Set(refusals.map(({ status }) => status))).toEqual(new Set([503]))
      // Temporal answers every question, and so does the database: neither could keep a message.
      expect(await waitFor(async () => !(await isReady()), { limitMs: MINUTES_MS / 2 })).toBe(true)
      expect(await inboundOf(visitor, IMEI)).not.toBeNull()
      expect([pidOf(site, 'server'), pidOf(site, 'temporal'), pidOf(site, 'simulator')]).toEqual(before)
      expect(system.output()).not.toContain('ended')
    },
    MINUTES_MS,
  )

  test(
    'runs on with the other parts while Temporal cannot start, and reports the reason',
    async () => {
      process.kill(pidOf(site, 'temporal'), 'SIGKILL')
      process.kill(pidOf(site, 'server'), 'SIGKILL')
      const failures = (): number =>
        system.output().match(/^Temporal did not start: .*full.*; starting it again/gm)?.length ?? 0
      expect(
        await waitFor(async () => countOf('server is back') === 1 && failures() >= 5, { limitMs: 2 * MINUTES_MS }),
      ).toBe(true)
      expect(system.output()).toContain('server ended (signal SIGKILL); starting it again')
      expect((await deliver(1)).status).toBe(503)
      expect((await fetch(api('/readyz'))).status).toBe(503)
      expect(system.starter.exitCode).toBeNull()
    },
    3 * MINUTES_MS,
  )

  test(
    'recovers by itself when there is room again, and processes every message once',
    async () => {
      const logBefore = statSync(join(folder, 'logs/server.log')).size
      makeRoom()
      expect(
        await waitFor(async () => countOf('temporal is back') === 1 && (await isReady()), { limitMs: 2 * MINUTES_MS }),
      ).toBe(true)
      for (const momsn of sent) expect((await deliver(momsn)).status).toBe(200)
      const isDone = async (): Promise<boolean> =>
        (await inboundOf(visitor, IMEI)).filter((item) => item.state === 'processed').length >= sent.length
      expect(await waitFor(isDone, { limitMs: MINUTES_MS, everyMs: 200 })).toBe(true)
      const momsns = (await inboundOf(visitor, IMEI)).map((item) => item.momsn)
      expect(momsns.toSorted((a, b) => a - b)).toEqual(sent)
      expect(statSync(join(folder, 'logs/server.log')).size).toBeGreaterThan(logBefore)
    },
    4 * MINUTES_MS,
  )

  test(
    'stops cleanly, and leaves no process behind',
    async () => {
      signal(system, 'SIGTERM')
      expect(await system.ended).toBe(0)
      expect(await leftOver(site)).toEqual([])
    },
    MINUTES_MS,
  )
})

const withMariaDb = canMount() && databaseKinds().includes('mariadb') ? describe : describe.skip

withMariaDb(`a server with its MariaDB on a full disk, without Temporal (skipped where there is none)`, () => {
  let mariadb: SmallMariaDb | null = null
  let server: RunningPart | null = null
  let port = 0
  const folder = mkdtempSync(join(tmpdir(), 'paikea-full-mariadb-'))
  const secret = 'a-secret-of-the-portal'

  beforeAll(async () => {
    mariadb = await startSmallMariaDb(300)
    const uri = (name: string): string => `mysql://root@localhost/${name}?unix_socket=${mariadb?.socket ?? ''}`
    const root = await openDatabase({ uri: uri('mysql') })
    await root.sequelize.getQueryInterface().createDatabase('paikea', { charset: 'utf8mb4' })
    await root.close()
    const db = await openDatabase({ uri: uri('paikea') })
    await db.migrate()
    await db.close()
    server = await nodePart({
      name: 'server',
      logFile: join(folder, 'server.log'),
      readyWithinMs: MINUTES_MS,
      script: join(import.meta.dirname, '../../packages/server/dist/main.js'),
      arguments: () => ['serve', '--role', 'api', '--data', folder],
      onReady: (message) => (port = Number(message['port'])),
      env: {
        ...process.env,
        PAIKEA_PORT: '0',
        PAIKEA_DEVICE_PORT: '0',
        PAIKEA_DB_URI: uri('paikea'),
        PAIKEA_WEBHOOK_SECRET: secret,
        TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}`,
      },
    }).launch()
  }, 3 * MINUTES_MS)
  afterAll(async () => {
    await server?.stop(10_000)
    await mariadb?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const ask = (path: string, body?: object): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: { 'Content-Type': 'application/json' },
      signal: AbortSignal.timeout(20_000),
    })
  const deliver = (momsn: number): Promise<Response> =>
    ask(`/rockblock/incoming/${secret}`, delivery({ imei: IMEI, momsn, minutes: momsn }))
  const readiness = async (): Promise<number> => (await ask('/readyz')).status

  test(
    'answers 503 with Retry-After, is not ready, and recovers by itself when there is room again',
    async () => {
      expect(await readiness()).toBe(200)
      const makeRoom = fill(mariadb?.disk ?? '')
      let refusal: Response | null = null
      let sent = 0
      while (refusal === null && sent < 2_000) {
        sent += 1
        const response = await deliver(sent)
        if (response.status !== 200) refusal = response
      }
      expect(refusal?.status).toBe(503)
      expect(Number(refusal?.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(await waitFor(async () => (await readiness()) === 503, { limitMs: MINUTES_MS / 2 })).toBe(true)
      makeRoom()
      expect(await waitFor(async () => (await deliver(sent)).status === 200, { limitMs: MINUTES_MS })).toBe(true)
      expect(await waitFor(async () => (await readiness()) === 200, { limitMs: MINUTES_MS })).toBe(true)
      for (let momsn = Math.max(1, sent - 50); momsn <= sent; momsn += 1) {
        expect(await (await deliver(momsn)).json()).toMatchObject({ status: 'duplicate' })
      }
    },
    4 * MINUTES_MS,
  )
})
