import type { AddressInfo } from 'node:net'
import { listAlerts, saveAlertRules } from '@paikea/database'
import { buildDevice, buildEndpoint, buildGroup, openTestDatabase, type TestDatabase } from '@paikea/database/testing'
import { createReach } from '@paikea/delivery'
import { type Receiver, startReceiver } from '@paikea/delivery/testing'
import { DEFAULT_ALERT_RULES, type Log, SILENT_LOG } from '@paikea/domain'
import { SMTPServer } from 'smtp-server'
import { createMailer, type Mailer } from '../channels/mailer.ts'
import { createAlertWatch } from './watch.ts'

const NOON = new Date('2026-11-24T12:00:00Z')
const minutes = (count: number) => new Date(NOON.getTime() + count * 60_000)

/** A real mail server of the test's own. */
class MailServer {
  readonly mails: { to: string; text: string }[] = []
  isRefusing = false
  readonly #server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: (_address, _session, done) => done(this.isRefusing ? new Error('not now') : null),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address).join(', ')
        this.mails.push({ to, text: unfolded(Buffer.concat(chunks).toString('utf8')) })
        done()
      })
    },
  })

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    // Listening on TCP, so it has a port.
    const { port } = this.#server.server.address() as AddressInfo
    return `smtp://127.0.0.1:${String(port)}`
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
}

/** Long lines are cut by the sender. */
function unfolded(text: string): string {
  return text.replaceAll(/=\r\n/g, '').replaceAll(/\r\n /g, ' ')
}

describe('the watch', () => {
  let db: TestDatabase
  let mail: MailServer
  let mailer: Mailer
  let receiver: Receiver
  let groupId: number
  let deviceId: number
  let endpointId: number
  const lines: string[] = []
  const log: Log = { ...SILENT_LOG, warn: (event, fields) => void lines.push(`${event} ${JSON.stringify(fields)}`) }

  beforeEach(async () => {
    db = await openTestDatabase('sqlite')
    mail = new MailServer()
    mailer = createMailer({ url: await mail.start(), from: 'Paikea <paikea@example.org>' })
    receiver = await startReceiver()
    groupId = (await buildGroup(db)).id
    deviceId = (await buildDevice(db, { groupId, iam: 'PK901', generation: 'v3' })).id
    endpointId = (await buildEndpoint(db, { groupId, config: { url: `${receiver.url}/alerts` } })).id
    await report(NOON, 4.1)
  })
  afterEach(async () => {
    mailer.close()
    await mail.stop()
    await receiver.close()
    await db.drop()
  })

  /** What the accept step leaves of a report. */
  async function report(at: Date, batteryVolts: number): Promise<void> {
    const times = { lastReportAt: at, lastFixAt: at, lastReceivedAt: at, heardAt: at, heardSentAt: at, updatedAt: at }
    const values = { latitude: -16.5, longitude: -151.75, batteryVolts, intervalMinutes: 20, sleepMinutes: 0 }
    await db.write((transaction) => db.models.DeviceState.upsert({ deviceId, ...times, ...values }, { transaction }))
  }

  const tell = (change: Partial<typeof DEFAULT_ALERT_RULES>) =>
    saveAlertRules(db, { groupId, rules: { ...DEFAULT_ALERT_RULES, ...change }, now: NOON })
  const watch = () =>
    createAlertWatch({
      db,
      log,
      channels: {
        mailer,
        publicUrl: 'https://buoys.example.org',
        sending: { modemSender: null, rockStarSender: null, reach: createReach(['127.0.0.0/8']) },
      },
    })
  const alerts = () => listAlerts(db, { scope: { all: true }, limit: 100, afterId: null })

  it('tells a silence once by mail and webhook, and its end by itself', async () => {
    await tell({ emails: ['ada@example.org'], endpointIds: [endpointId] })
    const watching = watch()
    await watching.round(NOON)
    expect(await alerts()).toEqual([])
    for (const at of [200, 201, 202]) await watching.round(minutes(at))
    expect(await alerts()).toMatchObject([{ kind: 'device-silent', groupId, deviceId, endedAt: null }])
    expect(mail.mails).toHaveLength(1)
    expect(mail.mails[0]).toMatchObject({ to: 'ada@example.org' })
    expect(mail.mails[0]?.text).toMatch(/Subject: PK901 is silent/)
    expect(mail.mails[0]?.text).toContain('https://buoys.example.org')
    await report(minutes(203), 4.1)
    for (const at of [204, 205]) await watching.round(minutes(at))
    expect(await alerts()).toMatchObject([{ endedAt: minutes(204) }])
    expect(mail.mails.map(({ text }) => /Subject: (\S+ \S+)/.exec(text)?.[1])).toEqual(['PK901 is', 'Over: PK901'])
    const bodies = receiver.requests.map(({ body }) => JSON.parse(body))
    expect(bodies).toMatchObject([
      { type: 'alert', phase: 'opened', kind: 'device-silent', device: { iam: 'PK901' } },
      { type: 'alert', phase: 'ended', kind: 'device-silent' },
    ])
  })

  it('lets quiet hours pass, and says nothing of what was over by then', async () => {
    const quietHours = { from: '12:00', to: '18:00', timeZone: 'UTC', except: [] }
    await tell({ emails: ['ada@example.org'], quietHours })
    const watching = watch()
    await report(minutes(5), 3.2)
    await watching.round(minutes(10))
    await report(minutes(20), 4)
    await watching.round(minutes(25))
    await report(minutes(340), 3.1)
    await watching.round(minutes(345))
    expect(mail.mails).toEqual([])
    await report(minutes(358), 3.1)
    await watching.round(minutes(361))
    expect(mail.mails).toHaveLength(1)
    expect(mail.mails[0]?.text).toContain('3.10 V')
    expect(await alerts()).toHaveLength(2)
  })

  it('tries again where the mail server refuses, and names no password', async () => {
    await tell({ emails: ['ada@example.org'] })
    mail.isRefusing = true
    const watching = watch()
    await report(minutes(5), 3.2)
    await watching.round(minutes(6))
    await watching.round(minutes(6.5))
    expect(lines.filter((line) => line.startsWith('alert.not-told'))).toHaveLength(1)
    mail.isRefusing = false
    await watching.round(minutes(8))
    expect(mail.mails).toHaveLength(1)
  })

  it('looks in one of several processes, and in another one when that is gone', async () => {
    const [one, other] = [watch(), watch()]
    expect(await one.round(NOON)).toBe(true)
    expect(await other.round(minutes(0.25))).toBe(false)
    expect(await one.round(minutes(0.5))).toBe(true)
    expect(await other.round(minutes(2))).toBe(true)
    expect(await one.round(minutes(2.25))).toBe(false)
  })

  it('tells the silence of the vendor once, to everybody, and not of each buoy', async () => {
    await tell({ emails: ['ada@example.org'] })
    const elsewhere = (await buildGroup(db)).id
    const rules = { ...DEFAULT_ALERT_RULES, emails: ['ada@example.org', 'bob@example.org'] }
    await saveAlertRules(db, { groupId: elsewhere, rules, now: NOON })
    for (const iam of ['PK902', 'PK903', 'PK904']) {
      deviceId = (await buildDevice(db, { groupId: elsewhere, iam, generation: 'v3' })).id
      await report(NOON, 4.1)
    }
    const watching = watch()
    for (const at of [60, 200, 300]) await watching.round(minutes(at))
    expect(await alerts()).toMatchObject([{ kind: 'vendor-silent', groupId: null }])
    expect(mail.mails.map(({ to }) => to).toSorted()).toEqual(['ada@example.org', 'bob@example.org'])
    await report(minutes(301), 4.1)
    await watching.round(minutes(302))
    expect(await alerts()).toMatchObject([{ kind: 'vendor-silent', endedAt: minutes(302) }])
    // Those that did not report when they could.
    await watching.round(minutes(900))
    const silent = (await alerts()).filter(({ kind }) => kind === 'device-silent')
    expect(silent.length).toBeGreaterThanOrEqual(3)
  })
})
