/*
 * Records one history of every shape a workflow can take, for the replay test:
 *
 *     npm run build && node packages/workflows/histories/record.mjs path/to/temporal && npm run format
 *
 * Existing files are kept unless `--again NAME` names them: histories of the past are what the replay test is about. A
 * workflow that takes a new shape gets a new file here.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  changeRollout,
  changeUpgradeJob,
  findRelease,
  findRollout,
  findUpgradeJob,
  insertRelease,
  insertRollout,
  insertUpgradeJob,
  listRolloutDevices,
} from '@paikea/database'
import { buildDevice, openTestDatabase } from '@paikea/database/testing'
import { createReach } from '@paikea/delivery'
import { openBlobStore } from '@paikea/firmware'
import { createGitRepository, freePort, VITAL } from '@paikea/firmware/testing'
import { createIntake } from '@paikea/intake'
import { RockBlockClient } from '@paikea/rockblock-client'
import { createFakeService } from '@paikea/rockblock-client/testing'
import * as workflows from '@paikea/workflows'
import { SILENT_LOG as silentLog } from '@paikea/domain'
import { buildRoutedPair, storePositions } from '@paikea/workflows/testing'
import { Client } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { lastingShapes } from './lasting-shapes.mjs'

const [cli, flag, onlyAgain] = process.argv.slice(2)
if (cli === undefined) throw new Error('usage: node record.mjs path/to/temporal [--again NAME]')

const folder = mkdtempSync(path.join(tmpdir(), 'paikea-histories-'))
const port = await freePort()
const address = `127.0.0.1:${port}`
const server = spawn(
  cli,
  [
    ...['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'never'],
    // So that a run is continued after a few dozen events and not after thousands.
    ...['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=40'],
  ],
  { stdio: 'ignore' },
)
process.on('exit', () => {
  server.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

workflows.installRuntime({ log: silentLog })
const connection = await workflows.connectNative({ address, log: silentLog })
await until('the attributes are registered', () =>
  workflows.registerSearchAttributes({ connection, namespace: 'default' }).then(
    () => true,
    () => false,
  ),
)
const db = await openTestDatabase('sqlite')
const client = new Client({ connection })
const starter = workflows.createStarter({ client, isEager: true })
const dispatcher = workflows.createDispatcher({ db, starter, log: silentLog, sweepMs: 200 })

const firmwareDispatcher = workflows.createFirmwareDispatcher({ db, starter, log: silentLog, sweepMs: 200 })
const repository = createGitRepository()
repository.commit(VITAL)
repository.git('tag', 'v1')
/** Links of devices, by name. */
const links = new Map()

/** What the next calls meet: the recorder's way to lead a workflow down a path. */
const faults = { actOnMessage: 0, writes: 0 }
const vendor = createFakeService()
const rockBlock = new RockBlockClient({ username: 'user', password: 'password', fetch: vendor.fetch, timeoutMs: 1_000 })
const activities = workflows.createActivities({
  db: {
    ...db,
    write: (work) => (faults.writes > 0 ? ((faults.writes -= 1), Promise.reject(away())) : db.write(work)),
  },
  intake: createIntake({ db }),
  modemSender: {
    async sendMt(message) {
      const result = await rockBlock.sendMt(message)
      if (faults.afterSend !== undefined) faults.afterSend()
      return result
    },
  },
  rockStarSender: null,
  reach: createReach(['127.0.0.0/8']),
  firmware: {
    settings: { repository: repository.path, base: path.join(folder, 'firmware') },
    blobs: openBlobStore(path.join(folder, 'firmware')),
    links: {
      find: async (iam) => links.get(iam) ?? null,
      async sendIntoUpdater(iam) {
        links.delete(iam)
        return 'sent'
      },
    },
    onJobs: () => firmwareDispatcher.notify(),
  },
  localTurnWaitMs: 0,
  notifyOutbound: (rows) => dispatcher.notifyOutbound(rows),
  wakeOutbound: (id) =>
    void starter.signal(workflows.outboundWorkflowId(id), workflows.signalNames.yourTurn).catch(() => undefined),
  log: silentLog,
})
const worker = await workflows.createWorker({
  connection,
  activities: {
    ...activities,
    actOnMessage: (id) =>
      faults.actOnMessage > 0 ? ((faults.actOnMessage -= 1), Promise.reject(away())) : activities.actOnMessage(id),
  },
  log: silentLog,
})
dispatcher.start()
firmwareDispatcher.start()

/** One message of a routed buoy; answers its workflow and that of its delivery. */
async function sendOne({ pair, expiresInMs } = {}) {
  const routed = pair ?? (await buildRoutedPair(db))
  const receivedAt = expiresInMs === undefined ? new Date() : new Date(Date.now() - 6 * 3_600_000 + expiresInMs)
  const [message] = await storePositions(db, { imei: routed.imei, count: 1, receivedAt })
  dispatcher.notifyInbound([message])
  const row = await until('there is a delivery', () =>
    db.models.OutboundMessage.findOne({ where: { causeMessageId: message.messageId } }),
  )
  return {
    pair: routed,
    id: Number(row.id),
    inbound: client.workflow.getHandle(workflows.inboundWorkflowId(message.key)),
    outbound: client.workflow.getHandle(workflows.outboundWorkflowId(Number(row.id))),
    state: (state) => until(`it is ${state}`, async () => (await row.reload()).state === state),
    waits: () => until('it waits', async () => (await row.reload()).waiting),
  }
}

const all = { all: true }
/** Asks for a release and answers its workflow. */
async function askRelease(ref) {
  const id = await db.write((tx) => insertRelease(db, { ref, requestedBy: 'recorder', now: new Date() }, tx))
  firmwareDispatcher.notify()
  await until('its workflow runs', async () => (await findRelease(db, { id })).workflowId)
  const state = (...wanted) =>
    until(`the release is ${wanted.join(' or ')}`, async () => {
      const row = await findRelease(db, { id })
      return wanted.includes(row.state) && row
    })
  return { id, state, handle: client.workflow.getHandle(`release/${id}`) }
}
async function readyRelease() {
  const row = await (await askRelease('v1')).state('ready', 'duplicate')
  return row.sameAsId ?? row.id
}
/** An upgrade whose workflow runs. */
async function startUpgrade() {
  const releaseId = await readyRelease()
  const device = await buildDevice(db)
  const now = new Date()
  const rest = { rolloutId: null, isDowngrade: false, filesTotal: 7, requestedBy: 'recorder', now }
  const expiresAt = new Date(now.getTime() + 86_400_000)
  const job = { deviceId: device.id, releaseId, expiresAt, ...rest }
  const id = await db.write((tx) => insertUpgradeJob(db, job, tx))
  const find = () => findUpgradeJob(db, { scope: all, id })
  await until('its workflow runs', async () => (await find()).workflowId)
  return {
    id,
    iam: device.iam,
    find,
    handle: client.workflow.getHandle(`upgrade/${id}`),
    async change(what) {
      const from = ['prepared', 'offered', 'downloading', 'installed']
      await db.write((tx) => changeUpgradeJob(db, { id, from, change: what, now: new Date() }, tx))
      firmwareDispatcher.wake('upgrade', id)
    },
  }
}

const shapes = {
  ...lastingShapes({ db, client, dispatcher, vendor, sendOne, until }),
  async 'release-ready'() {
    return (await askRelease('v1')).handle
  },
  async 'release-refused'() {
    repository.commit({ ...VITAL, 'core/link.py': { mode: '120000', data: 'x' } }, { branch: 'bad' })
    return (await askRelease('bad')).handle
  },
  async 'release-parked-resumed'() {
    renameSync(repository.path, `${repository.path}-away`)
    const release = await askRelease('main')
    await release.state('parked')
    renameSync(`${repository.path}-away`, repository.path)
    await release.handle.signal('resume')
    return release.handle
  },
  async 'upgrade-cut-and-succeeded'() {
    const upgrade = await startUpgrade()
    await upgrade.change({ state: 'downloading', heardAt: new Date(Date.now() - 600_000), newRun: true })
    await until('it is silent', async () => (await upgrade.find()).reason?.code === 'silent')
    links.set(upgrade.iam, { since: new Date(Date.now() - 60_000), isControlled: false })
    firmwareDispatcher.wake('upgrade', upgrade.id)
    await until('it was sent into its updater', async () => (await upgrade.find()).restarts === 1)
    await upgrade.change({ state: 'installed', installedAt: new Date(), reason: null })
    links.set(upgrade.iam, { since: new Date(Date.now() + 1000), isControlled: false })
    firmwareDispatcher.wake('upgrade', upgrade.id)
    return upgrade.handle
  },
  async 'upgrade-cancelled'() {
    const upgrade = await startUpgrade()
    await upgrade.change({ state: 'cancelled', finishedAt: new Date() })
    return upgrade.handle
  },
  async 'roll-out-approved'() {
    const releaseId = await readyRelease()
    const devices = await Promise.all([buildDevice(db), buildDevice(db)])
    const limits = { needsApproval: true, pauseAtShare: 0.5, coolDownMinutes: 0, allowDowngrade: false }
    const stages = devices.map(({ id }) => [id])
    const wish = { groupId: devices[0].groupId, releaseId, label: null, requestedBy: 'recorder', now: new Date() }
    const rolloutId = await db.write((tx) => insertRollout(db, { ...wish, ...limits, stages }, tx))
    firmwareDispatcher.notify()
    const find = () => findRollout(db, { scope: all, id: rolloutId })
    await until('its workflow runs', async () => (await find()).workflowId)
    for (const [stage] of devices.entries()) {
      const jobId = await until('the device has a job', async () => {
        const rows = await listRolloutDevices(db, { rolloutId })
        return rows.find((row) => row.stage === stage).jobId
      })
      const end = { id: jobId, from: ['prepared'], change: { state: 'succeeded' }, now: new Date() }
      await db.write((tx) => changeUpgradeJob(db, end, tx))
      firmwareDispatcher.wake('rollout', rolloutId)
      if (stage > 0) continue
      await until('it waits for approval', async () => (await find()).state === 'waiting')
      const next = { state: 'running', stage: 1, stageBeganAt: new Date(), stageEndedAt: null, reason: null }
      const approve = { id: rolloutId, from: ['waiting'], change: next, now: new Date() }
      await db.write((tx) => changeRollout(db, approve, tx))
      firmwareDispatcher.wake('rollout', rolloutId)
    }
    return client.workflow.getHandle(`rollout/${rolloutId}`)
  },
  async 'inbound-stored'() {
    return (await sendOne()).inbound
  },
  async 'inbound-database-away'() {
    faults.actOnMessage = 4
    return (await sendOne()).inbound
  },
  async 'inbound-envelope'() {
    const key = 'a/recorded-envelope'
    const data = Buffer.from('PK005;1').toString('hex')
    const body = new URLSearchParams({ imei: '300234010753370', momsn: '1', transmit_time: '26-11-24 10:00:00', data })
    const envelope = {
      format: 'rockblock',
      bodyBase64: Buffer.from(body.toString()).toString('base64'),
      contentType: 'application/x-www-form-urlencoded',
      receivedAt: new Date().toISOString(),
      sourceAddress: null,
      hasSecret: true,
      admittedBy: 'secret',
      verificationNote: null,
    }
    const input = { kind: 'envelope', envelope, key }
    await starter.start(workflows.inboundStart(input, workflows.inboundWorkflowId(key)))
    return client.workflow.getHandle(workflows.inboundWorkflowId(key))
  },
  async 'outbound-sent'() {
    return (await sendOne()).outbound
  },
  async 'outbound-waited-for-turn'() {
    vendor.setFault('no-credit', { count: 1 })
    const first = await sendOne()
    await first.state('parked')
    const second = await sendOne({ pair: first.pair })
    await second.waits()
    await first.outbound.signal('resume')
    return second.outbound
  },
  async 'outbound-tried-later'() {
    vendor.setFault('too-many-requests', { count: 3, retryAfter: '1' })
    return (await sendOne()).outbound
  },
  async 'outbound-tried-later-cancelled'() {
    vendor.setFault('unavailable', { retryAfter: '2' })
    const one = await sendOne()
    await until(
      'it was tried twice',
      async () => (await db.models.DeliveryAttempt.count({ where: { outboundId: one.id } })) >= 2,
    )
    await one.outbound.signal('cancel')
    await one.state('cancelled')
    vendor.setFault(null)
    return one.outbound
  },
  async 'outbound-parked-resumed'() {
    vendor.setFault('login-wrong', { count: 1 })
    const one = await sendOne()
    await one.state('parked')
    await one.outbound.signal('resume')
    return one.outbound
  },
  async 'outbound-parked-cancelled'() {
    vendor.setFault('unknown-imei', { count: 1 })
    const one = await sendOne()
    await one.state('parked')
    await one.outbound.signal('cancel')
    return one.outbound
  },
  async 'outbound-parked-expired'() {
    vendor.setFault('no-credit', { count: 1 })
    return (await sendOne({ expiresInMs: 4_000 })).outbound
  },
  async 'outbound-parked-continued'() {
    vendor.setFault('no-credit', { count: 1 })
    const one = await sendOne()
    await one.state('parked')
    const { runId } = await one.outbound.describe()
    await until('the run is continued', async () => {
      await one.outbound.signal('yourTurn')
      return (await one.outbound.describe()).runId !== runId
    })
    await one.outbound.signal('resume')
    await one.outbound.result()
    return client.workflow.getHandle(one.outbound.workflowId, runId)
  },
  async 'outbound-cancelled-in-ui'() {
    vendor.setFault('no-credit', { count: 1 })
    const one = await sendOne()
    await one.state('parked')
    await one.outbound.cancel()
    return one.outbound
  },
  async 'outbound-unknown'() {
    vendor.setFault('timeout', { count: 1 })
    return (await sendOne()).outbound
  },
  async 'outbound-failed'() {
    vendor.setFault('too-long', { count: 1 })
    return (await sendOne()).outbound
  },
  async 'outbound-unrecorded'() {
    faults.afterSend = () => {
      faults.writes = 6
      delete faults.afterSend
    }
    return (await sendOne()).outbound
  },
}

for (const [name, record] of Object.entries(shapes)) {
  const file = path.join(import.meta.dirname, `${name}.json`)
  if (existsSync(file) && !(flag === '--again' && onlyAgain === name)) continue
  const handle = await record()
  await handle.result().catch(() => undefined)
  vendor.setFault(null)
  // Stack traces hold the recorder's own paths, and replay does not look at them.
  const history = JSON.parse(historyToJSON(await handle.fetchHistory()), (key, value) =>
    key === 'stackTrace' ? '' : value,
  )
  writeFileSync(file, `${JSON.stringify(history)}\n`)
  console.log(`recorded ${name}`)
}
await dispatcher.stop()
await firmwareDispatcher.stop()
await repository.remove()
await worker.shutdown()
await connection.close()
await db.drop()
process.exit(0)

function away() {
  return Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
}

async function until(what, ask) {
  const end = Date.now() + 60_000
  for (;;) {
    const answer = await ask()
    if (answer !== null && answer !== false && answer !== undefined) return answer
    if (Date.now() > end) throw new Error(`not within a minute: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
