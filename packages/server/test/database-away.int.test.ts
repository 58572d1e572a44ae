import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { databaseKinds, openTestDatabase } from '@paikea/database/testing'
import { readyMessage } from './ready-message.ts'
import { until } from './until.ts'

const main = join(import.meta.dirname, '../dist/main.js')
const temporalAddress = process.env['PAIKEA_TEST_TEMPORAL_ADDRESS']
const SECRET = 'a-secret-of-the-database-away-test'
const hasAll = databaseKinds().includes('mariadb') && temporalAddress !== undefined
const describeHere = hasAll || process.env['CI'] ? describe : describe.skip

describeHere('a start while the database is away (needs MariaDB and Temporal)', () => {
  let folder = ''
  let db: Awaited<ReturnType<typeof openTestDatabase>>
  let wire: Wire
  let child: ChildProcess | null = null
  let output = ''
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'paikea-away-'))
    db = await openTestDatabase('mariadb', { migrate: false })
    const [, socket = ''] = db.uri.split('?unix_socket=')
    wire = layWire(join(folder, 's'), decodeURIComponent(socket))
    output = ''
  })
  afterEach(async () => {
    if (child?.exitCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    wire.cut()
    await db.drop()
    rmSync(folder, { recursive: true })
  })

  /** Starts a role on the database behind the wire, and waits for its word. */
  async function serve(role: string, ...flags: string[]): Promise<Record<string, unknown>> {
    const uri = db.uri.replace(/unix_socket=.*/, `unix_socket=${encodeURIComponent(wire.path)}`)
    const { PATH } = process.env
    const started = spawn(process.execPath, [main, 'serve', '--role', role, ...flags], {
      env: {
        PATH,
        PAIKEA_DATA: join(folder, 'data'),
        PAIKEA_DB_URI: uri,
        PAIKEA_PORT: '0',
        PAIKEA_DEVICE_PORT: '0',
        PAIKEA_WEBHOOK_SECRET: SECRET,
        TEMPORAL_ADDRESS: temporalAddress,
        PAIKEA_LOG_LEVEL: 'error',
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    child = started
    for (const stream of [started.stdout, started.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk))
    const word: unknown = await Promise.race([
      readyMessage(started),
      once(started, 'exit').then(([code]: unknown[]) => ({ code })),
    ])
    return word as Record<string, unknown> // whichever it was: the test looks at it
  }

  const states = async (): Promise<string[]> =>
    (await db.models.InboundMessage.findAll({ order: [['momsn', 'ASC']] })).map((row) => row.state)

  test('accepts deliveries, and catches up when the database is back: tables, administrator, messages', async () => {
    const { port, databaseAway } = await serve('all')
    expect(databaseAway).toBe(`${wire.path}: ENOENT`)
    const base = `http://127.0.0.1:${String(port)}`
    for (const momsn of [1, 2]) expect(await deliver(base, momsn)).toBe(200)
    expect(await (await fetch(`${base}/readyz`)).json()).toEqual({ status: 'degraded' })
    expect(await logIn(base, 'whatever it is')).toBe(503)

    const news = once(child ?? process, 'message')
    await wire.join()
    const passwordFile = join(folder, 'data', 'admin-password.txt')
    await until(() => existsSync(passwordFile))
    await until(async () => (await logIn(base, readFileSync(passwordFile, 'utf8').trim())) < 300)
    await until(async () => (await states()).join() === 'processed,processed')
    expect(await deliver(base, 3)).toBe(200)
    await until(async () => (await states()).join() === 'processed,processed,processed')
    expect(await news).toMatchObject([{ type: 'database-back', newAdmin: { email: 'admin@paikea.local' } }, undefined])
    expect(await (await fetch(`${base}/readyz`)).json()).toEqual({ status: 'ready' })
    expect(output).toContain('"database.away"')
    child?.kill('SIGTERM')
    expect(await once(child ?? process, 'exit')).toEqual([0, null])
  })

  test('exits with one line when the tables turn out to be of an earlier version', async () => {
    const { databaseAway } = await serve('api')
    expect(databaseAway).toEqual(expect.any(String))
    const ended = once(child ?? process, 'exit')
    await wire.join()
    expect(await ended).toEqual([78, null])
    expect(output).toMatch(/^the tables are of an earlier version \(\d+ steps behind\): run `paikea migrate` first$/m)
  })

  test('reports degraded and stores nothing until the tables have been checked', async () => {
    // Those of the version before: they would take a message.
    await db.migrate()
    await db.migrateDown()
    const { port } = await serve('all')
    const base = `http://127.0.0.1:${String(port)}`
    // Somebody else is changing the tables: the database answers, and this process has to wait.
    const name = `paikea-migrate/${db.sequelize.getDatabaseName()}`
    await db.sequelize.transaction(async (transaction) => {
      const select = (sql: string) => db.sequelize.query(sql, { transaction, replacements: [name] })
      await select('SELECT GET_LOCK(?, 0)')
      await wire.join()
      await until(async () => {
        const [rows] = await db.sequelize.query(
          `SELECT 1 FROM information_schema.processlist WHERE state = 'User lock' AND info LIKE '%paikea-migrate%'`,
        )
        return rows.length > 0
      })
      expect(await (await fetch(`${base}/readyz`)).json()).toEqual({ status: 'degraded' })
      expect(await deliver(base, 1)).toBe(200)
      expect((await db.sequelize.query('SELECT id FROM inbound_messages'))[0]).toEqual([])
      await select('SELECT RELEASE_LOCK(?)')
    })
    // The workflow that holds it tries again after pauses of up to half a minute.
    await until(async () => (await states().catch(() => [])).join() === 'processed', 60_000)
  }, 120_000)

  test('exits on SIGTERM while it waits', async () => {
    await serve('worker')
    child?.kill('SIGTERM')
    expect(await once(child ?? process, 'exit')).toEqual([0, null])
  })

  test('fails with --announce-token, which has to write', async () => {
    expect(await serve('all', '--announce-token')).toEqual({ code: 1 })
    expect(output).toMatch(/^the database cannot be opened \(connect ENOENT .*\): check PAIKEA_DB_URI/m)
  })
})

interface Wire {
  readonly path: string
  /** From now on the database answers at `path`. */
  join(): Promise<void>
  cut(): void
}

/** A way to the real MariaDB that is not there at first. */
function layWire(path: string, target: string): Wire {
  const open = new Set<Socket>()
  let server: Server | null = null
  return {
    path,
    async join() {
      server = createServer((near) => {
        const far = connect({ path: target })
        for (const socket of [near, far]) {
          open.add(socket)
          socket.on('error', () => undefined)
          socket.on('close', () => {
            open.delete(socket)
            near.destroy()
            far.destroy()
          })
        }
        near.pipe(far).pipe(near)
      }).listen(path)
      await once(server, 'listening')
    },
    cut() {
      server?.close()
      for (const socket of open) socket.destroy()
    },
  }
}

async function deliver(base: string, momsn: number): Promise<number> {
  const text = 'PK001;lat:3749.5074,NS:N,lon:12216.6021,EW:W,utc:030501.086,sog:0.5,cog:12,sta:00,batt:4.7'
  const response = await fetch(`${base}/rockblock/incoming/${SECRET}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      imei: '300434060000778',
      momsn,
      transmit_time: `26-01-02 03:05:${30 + momsn}`,
      data: Buffer.from(text).toString('hex'),
    }),
  })
  await response.arrayBuffer()
  return response.status
}

async function logIn(base: string, password: string): Promise<number> {
  const response = await fetch(`${base}/v1/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email: 'admin@paikea.local', password }),
  })
  await response.arrayBuffer()
  return response.status
}
