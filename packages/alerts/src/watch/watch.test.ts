import type { AddressInfo } from 'node:net'
import { listAlerts, listFleet, noteAirtimeWarning, saveAlertRules, setBudget, spendAirtime } from '@paikea/database'
import {
  buildDevice,
  buildEndpoint,
  buildGroup,
  buildOutbound,
  openTestDatabase,
  type TestDatabase,
} from '@paikea/database/testing'
import { createReach, toKnowledge } from '@paikea/delivery'
import { type Receiver, startReceiver } from '@paikea/delivery/testing'
import { DEFAULT_ALERT_RULES, type Log, SILENT_LOG } from '@paikea/domain'
import { readHealth } from '@paikea/schedule'
import { SMTPServer } from 'smtp-server'
import { createMailer, type Mailer } from '../channels/mailer.ts'
import { createShores } from './shores.ts'
import { createAlertWatch, EVERY_MS } from './watch.ts'

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

describe('the alert watch', () => {
  let db: TestDatabase
  let mail: MailServer
  let mailer: Mailer
  let receiver: Receiver
  let groupId: number
  let deviceId: number
  let endpointId: number
  const lines: string[] = []
  // The map of the land is read once.
  const shores = createShores()
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
    const values = { latitude: -16.5, longitude: -150.5, batteryVolts, intervalMinutes: 20, sleepMinutes: 0 }
    await db.write((transaction) => db.models.DeviceState.upsert({ deviceId, ...times, ...values }, { transaction }))
  }

  const tell = (change: Partial<typeof DEFAULT_ALERT_RULES>) =>
    saveAlertRules(db, { groupId, rules: { ...DEFAULT_ALERT_RULES, ...change }, now: NOON })
  const watch = (timing: { everyMs?: number; clock?: () => Date } = {}) =>
    createAlertWatch({
      db,
      log,
      shores,
      ...timing,
      channels: {
        mailer,
        publicUrl: 'https://buoys.example.org',
        sending: { modemSender: null, rockStarSender: null, reach: createReach(['127.0.0.0/8']) },
      },
    })
  const alerts = () => listAlerts(db, { scope: { all: true }, limit: 100, afterId: null })

  it('reports a silence and its end once each, by mail and webhook', async () => {
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

  it('waits for quiet hours to end, and stays silent about an alert that ended meanwhile', async () => {
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

  it('logs one failure when the mail server refuses, and retries later', async () => {
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

  it('runs in one process at a time, and another takes over when that one stops', async () => {
    const [one, other] = [watch(), watch()]
    expect(await one.round(NOON)).toBe(true)
    expect(await other.round(minutes(0.25))).toBe(false)
    expect(await one.round(minutes(0.5))).toBe(true)
    expect(await other.round(minutes(2))).toBe(true)
    expect(await one.round(minutes(2.25))).toBe(false)
  })

  it('reports a vendor silence once to each recipient, and silent buoys only after it ends', async () => {
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

  /** From when on the buoy counts as silent. */
  async function silentFrom(): Promise<Date> {
    const [device] = await listFleet(db, { scope: { all: true } })
    if (device === undefined) throw new Error('the buoy is gone')
    const { nextExpected } = readHealth(toKnowledge(device, null), NOON)
    return nextExpected?.silentAfter ?? NOON
  }

  it('reports within a minute of the computed time even if the watching process has just died', async () => {
    await tell({ emails: ['ada@example.org'] })
    const from = await silentFrom()
    const second = (count: number) => new Date(from.getTime() + count * 1000)
    const [died, other] = [watch(), watch()]
    expect(await died.round(second(-1))).toBe(true)
    expect(mail.mails).toEqual([])
    let at = 3
    for (; mail.mails.length === 0 && at < 300; at += EVERY_MS / 1000) await other.round(second(at))
    expect(at - EVERY_MS / 1000).toBeLessThanOrEqual(60)
    expect(mail.mails).toHaveLength(1)
  })

  it('runs rounds on its own timer, using the clock it was given', async () => {
    await tell({ emails: ['ada@example.org'] })
    let now = NOON
    const watching = watch({ everyMs: 5, clock: () => now })
    const rounds = () => Number((watching.stats() as { rounds: number }).rounds)
    watching.start()
    try {
      while (rounds() < 2) await new Promise((resolve) => setTimeout(resolve, 5))
      expect(mail.mails).toEqual([])
      now = new Date((await silentFrom()).getTime() + 1000)
      while (mail.mails.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    } finally {
      await watching.stop()
    }
  })

  it('reports a buoy that comes ashore, using the land map', async () => {
    const watching = watch()
    await watching.round(NOON)
    expect(await alerts()).toEqual([])
    const values = { latitude: 36.6, longitude: -121.9 }
    await db.write((transaction) => db.models.DeviceState.update(values, { where: { deviceId }, transaction }))
    await watching.round(minutes(1))
    expect(await alerts()).toMatchObject([{ kind: 'came-ashore', deviceId, groupId }])
  })

  it('reports an airtime warning and stop until the hour is over and the limit raised', async () => {
    const scope = { kind: 'device', id: deviceId } as const
    const { id: outboundId } = await buildOutbound(db, { groupId })
    const spends = [{ outboundId, attempt: 1, groupId, deviceId, targetKey: 'modem/1', credits: 61 }]
    await db.write((tx) => spendAirtime(db, { spends, at: NOON }, tx))
    const warning = { scopeKind: 'device', scopeId: deviceId, groupId, at: NOON } as const
    const note = (period: string, level: 'warn' | 'stop', limitCredits: number) =>
      db.write((tx) => noteAirtimeWarning(db, { ...warning, period, level, limitCredits, spentCredits: 61 }, tx))
    await note('hour/2026-11-24T12', 'warn', 60)
    await note('month/2026-11', 'stop', 61)
    const levels = { scope, period: 'month', warnCredits: null, overrideUntil: null, changedBy: 'test' } as const
    const setStop = (stopCredits: number) => db.write((tx) => setBudget(db, { ...levels, stopCredits, now: NOON }, tx))
    await setStop(61)
    const watching = watch()
    await watching.round(minutes(1))
    const told = (await alerts()).filter(({ kind }) => kind === 'airtime-budget')
    expect(told.map(({ summary }) => summary).toSorted()).toEqual([
      'Airtime: PK901 has passed 60 credits in the last 60 minutes.',
      'Airtime: messages of PK901 are stopped, because its limit this month is used up.',
    ])
    // The hour is over, and the limit raised.
    await setStop(100)
    await watching.round(minutes(61))
    expect((await alerts()).filter(({ kind, endedAt }) => kind === 'airtime-budget' && endedAt === null)).toEqual([])
  })
})
