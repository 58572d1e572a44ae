import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { markDispatched, moveTemporalHome, readTemporalHome, settleTemporalHome } from '@paikea/database'
import {
  buildGroup,
  buildInbound,
  buildModem,
  buildOutbound,
  databaseKinds,
  openTestDatabase,
  type TestDatabase,
} from '@paikea/database/testing'
import { Client, Connection } from '@temporalio/client'
import { loadConfig } from '../src/config/load-config.ts'
import { moveTemporalCommand } from '../src/cli/move-temporal-command.ts'
import { createLog } from '../src/log/create-log.ts'
import { runServer } from '../src/process/run-server.ts'
import { createTemporalHome, OtherTemporalError } from '../src/process/temporal-home.ts'
import { readIdentity } from '../src/process/temporal-identity.ts'
import { createTemporalSide } from '../src/process/temporal-side.ts'
import { freePort } from '@paikea/firmware/testing'
import { until } from './until.ts'

const address = process.env['PAIKEA_TEST_TEMPORAL_ADDRESS']
const cli = process.env['PAIKEA_TEST_TEMPORAL_CLI']
const withTemporal = address === undefined || cli === undefined ? describe.skip : describe
const log = createLog({ level: 'silent', role: 'test' })
const NAMESPACE = 'default'
const LONG_AGO = new Date('2026-01-01T00:00:00Z')

withTemporal('a database bound to its Temporal (skipped where there is none)', () => {
  let folder = ''
  let second: ChildProcess | null = null
  let secondAddress = ''
  let old: Client
  let other: Client

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'paikea-home-'))
    const port = await freePort()
    secondAddress = `127.0.0.1:${port}`
    second = spawn(
      cli ?? '',
      [
        ...['server', 'start-dev', '--headless', '--log-level', 'error', '--port', String(port)],
        ...['--db-filename', join(folder, 'temporal.db')],
      ],
      { stdio: 'ignore' },
    )
    old = await connect(address ?? '')
    other = await connect(secondAddress)
    // One that is not empty, whatever other tests left there.
    await old.workflow.start('anything', {
      taskQueue: 'nobody',
      workflowId: 'something-ran-here',
      args: [],
      workflowIdConflictPolicy: 'USE_EXISTING',
    })
  }, 60_000)
  afterAll(async () => {
    await old.connection.close()
    await other.connection.close()
    if (second !== null) {
      second.kill()
      await once(second, 'exit')
    }
    rmSync(folder, { recursive: true, force: true })
  })

  describe.each(databaseKinds())('on %s', (kind) => {
    let db: TestDatabase
    beforeEach(async () => {
      db = await openTestDatabase(kind)
    })
    afterEach(() => db.drop())

    const homeOf = (client: Client, inUseForMs = 60_000) =>
      createTemporalHome({ db, client, namespace: NAMESPACE, log, inUseForMs })

    it('refuses another Temporal in one line, starts nothing there, and notifies the process at once', async () => {
      await homeOf(old).check()
      const home = homeOf(other)
      let heard = 0
      home.onRefused(() => (heard += 1))
      await expect(home.check()).rejects.toThrow(OtherTemporalError)
      await expect(home.check()).rejects.toThrow(
        /^this Temporal .* does not belong to this database .*`paikea move-temporal`$/,
      )
      expect([home.isOurs(), heard]).toEqual([false, 1])
      const { temporal } = loadConfig({ TEMPORAL_ADDRESS: secondAddress })
      const side = createTemporalSide({ temporal, log, eagerStarter: () => null, home: () => home })
      const start = {
        type: 'inboundMessage',
        workflowId: 'never',
        input: {},
        summary: '',
        memo: {},
        search: { imei: null, device: null },
      }
      await expect(side.starter.start(start as never)).rejects.toMatchObject({
        kind: 'unavailable',
        message: home.refusal(),
      })
      await expect(side.startEnvelope({ key: 'never' } as never)).rejects.toMatchObject({ kind: 'unavailable' })
      await side.close()
      expect((await other.workflow.count()).count).toBe(0)
      // The one of this store goes on.
      const same = homeOf(old)
      await same.check()
      expect([same.isOurs(), same.refusal()]).toEqual([true, null])
    })

    it('moves to an empty Temporal by itself when the old one is unused, and redoes no finished work', async () => {
      const mine = homeOf(old)
      await mine.check()
      const waiting = await buildInbound(db, { workflowStartedAt: LONG_AGO })
      const done = await buildInbound(db, { state: 'processed', workflowStartedAt: LONG_AGO })
      const sending = await buildOutbound(db, { state: 'sending', workflowStartedAt: LONG_AGO })
      const sent = await buildOutbound(db, { state: 'sent', finishedAt: LONG_AGO, workflowStartedAt: LONG_AGO })
      const attempt = await db.write((transaction) =>
        db.models.DeliveryAttempt.create({ outboundId: sending.id, number: 1, startedAt: LONG_AGO }, { transaction }),
      )
      const asked = new Date()
      await homeOf(other, 0).check()
      expect(await readTemporalHome(db)).not.toMatchObject({ clusterId: await clusterOf(old) })
      // A start in the old Temporal, noted after the move, does not hide that the delivery needs one in the new.
      await markDispatched(db, { rows: [{ table: 'outbound', id: sending.id, at: asked }] })
      for (const row of [waiting, done, sending, sent]) await row.reload()
      expect([waiting, sending].map((row) => row.workflowStartedAt)).toEqual([null, null])
      expect([done, sent].map((row) => row.workflowStartedAt)).toEqual([LONG_AGO, LONG_AGO])
      await attempt.reload()
      expect([sending.state, attempt.number, attempt.finishedAt ?? null]).toEqual(['sending', 1, null])
      expect((await db.models.AuditLog.findAll()).map((entry) => entry.action)).toEqual(['temporal.moved'])
      // The first one holds workflows: it is not taken back by itself, and its process stops acting.
      await expect(mine.check()).rejects.toThrow(OtherTemporalError)
    })

    it('moves to a Temporal that holds workflows only by command, and only when the old one is unused', async () => {
      const elsewhere = { clusterId: 'gone', namespaceId: 'gone', namespace: NAMESPACE }
      await settleTemporalHome(db, { identity: elsewhere, now: new Date() })
      await expect(homeOf(old, 0).check()).rejects.toThrow(OtherTemporalError)
      const env = { PAIKEA_DB_URI: db.uri, PAIKEA_DATA: folder, TEMPORAL_ADDRESS: address }
      await expect(moveTemporalCommand(env)).rejects.toThrow(/^a process is using the old Temporal \(cluster gone\)/)
      expect(await readTemporalHome(db)).toMatchObject(elsewhere)
      await seenLongAgo(db)
      const said: string[] = []
      const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0)
      await moveTemporalCommand(env)
      await moveTemporalCommand(env)
      write.mockRestore()
      expect(said).toEqual([
        expect.stringMatching(/^moved from cluster gone to .*\n$/),
        expect.stringMatching(/already belongs to this database: nothing changed\n$/),
      ])
      await homeOf(old).check()
    })

    it('lets only one of two simultaneous moves succeed', async () => {
      const from = { clusterId: 'a', namespaceId: 'a', namespace: NAMESPACE }
      await settleTemporalHome(db, { identity: from, now: LONG_AGO })
      const now = new Date()
      const moves = ['b', 'c'].map((id) =>
        db.write((tx) =>
          moveTemporalHome(
            db,
            { from, to: { clusterId: id, namespaceId: id, namespace: NAMESPACE }, now, unseenSince: now },
            tx,
          ),
        ),
      )
      expect((await Promise.all(moves)).filter((hasMoved) => hasMoved)).toHaveLength(1)
    })
  })

  it('sets the retention of ended workflows to the configured time, longer or shorter', async () => {
    const db = await openTestDatabase('sqlite')
    const retentionOf = async () => (await readIdentity(other, NAMESPACE)).retentionSeconds
    for (const retentionHours of [36, 24]) {
      await createTemporalHome({ db, client: other, namespace: NAMESPACE, log, retentionHours }).check()
      expect(await retentionOf()).toBe(retentionHours * 3600)
    }
    await db.drop()
  })

  it('stores messages without processing them until it is moved, and then resends nothing paid for', async () => {
    const db = await openTestDatabase('sqlite')
    const data = join(folder, 'server')
    await settleTemporalHome(db, {
      identity: { clusterId: 'gone', namespaceId: 'gone', namespace: NAMESPACE },
      now: new Date(),
    })
    await seenLongAgo(db)
    const env = {
      PAIKEA_DATA: data,
      PAIKEA_DB_URI: db.uri,
      PAIKEA_PORT: '0',
      PAIKEA_DEVICE_PORT: '0',
      PAIKEA_WEBHOOK_SECRET: 'a'.repeat(40),
      TEMPORAL_ADDRESS: address,
    }
    const modem = await buildModem(db)
    const paid = await buildOutbound(db, {
      groupId: (await buildGroup(db)).id,
      modemId: modem.id,
      imei: modem.imei,
      state: 'sending',
      workflowId: 'elsewhere',
      workflowStartedAt: LONG_AGO,
    })
    const { id: outboundId } = paid
    await db.write((transaction) =>
      db.models.DeliveryAttempt.create({ outboundId, number: 1, startedAt: LONG_AGO }, { transaction }),
    )
    const server = await runServer(loadConfig(env), { role: 'all', log })
    try {
      const base = `http://127.0.0.1:${server.port}`
      const text = 'PK001;lat:3749.5074,NS:N,lon:12216.6021,EW:W,utc:030501.086,sog:0.5,cog:12,sta:00,batt:4.7'
      const answer = await fetch(`${base}/rockblock/incoming/${'a'.repeat(40)}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({
          imei: '300234010753370',
          momsn: 1,
          transmit_time: '26-01-02 03:05:30',
          data: Buffer.from(text).toString('hex'),
        }),
      })
      expect(answer.status).toBe(200)
      await until(async () => (await (await fetch(`${base}/readyz`)).text()).includes('degraded'))
      const message = await db.models.InboundMessage.findOne({ rejectOnEmpty: true })
      expect([message.state, message.workflowStartedAt]).toEqual(['accepted', null])
      const write = jest.spyOn(process.stdout, 'write').mockImplementation(() => true)
      await moveTemporalCommand(env)
      write.mockRestore()
      // A worker that waits tries again within 10 s.
      await until(async () => (await message.reload()).state === 'processed', 60_000)
      // What may have left before, and was paid for, is not sent again.
      await until(async () => (await paid.reload()).state === 'unknown', 60_000)
      expect(await db.models.DeliveryAttempt.count({ where: { outboundId } })).toBe(1)
    } finally {
      await server.stop()
      await db.drop()
    }
  }, 120_000)
})

async function clusterOf(client: Client): Promise<string> {
  return (await client.workflowService.getClusterInfo({})).clusterId ?? ''
}

async function seenLongAgo(db: TestDatabase): Promise<void> {
  await db.write((transaction) =>
    db.sequelize.query('UPDATE temporal_home SET seen_at = ?', {
      replacements: ['2026-01-01 00:00:00.000'],
      transaction,
    }),
  )
}

/** Connects as soon as it answers, its namespace too. */
async function connect(to: string): Promise<Client> {
  const connection = Connection.lazy({ address: to })
  const client = new Client({ connection, namespace: NAMESPACE })
  const count = () =>
    client.workflow.count().then(
      () => true,
      () => false,
    )
  await until(count, 60_000)
  return client
}
