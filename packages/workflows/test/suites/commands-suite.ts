import { commandStateOf, findCommand, findDevice, listCommands, storeBatch } from '@paikea/database'
import {
  buildDevice,
  buildEndpoint,
  buildGroup,
  buildModem,
  buildRoute,
  newInbound,
  newReport,
} from '@paikea/database/testing'
import { queueOf, requestCommand } from '@paikea/delivery'
import { storeCommands } from '@paikea/delivery/testing'
import type { DeviceCommand } from '@paikea/packets'
import type { ActivityStage } from './activity-stage.ts'

const MINUTE_MS = 60_000

/** A buoy that has been heard, and what is told to it. */
export function describeCommands(stage: ActivityStage): void {
  async function launch(generation: 'v2' | 'v3') {
    const group = await buildGroup(stage.db)
    const modem = await buildModem(stage.db)
    const device = await buildDevice(stage.db, { groupId: group.id, modemId: modem.id, generation })
    const startMs = Date.now() - 10 * 3_600_000

    /** A report, acted on, so many minutes after the start. */
    async function report(atMinutes: number, said: Parameters<typeof newReport>[0] = {}): Promise<void> {
      const at = new Date(startMs + atMinutes * MINUTE_MS)
      const packetType = generation === 'v3' ? 'PK101' : 'PK001'
      const [outcome] = await storeBatch(stage.db, [
        newInbound({
          imei: modem.imei,
          receivedAt: at,
          transmitTime: at,
          packetType,
          report: newReport({ packetType, fixAt: at, at, reasonCode: null, intervalMinutes: null, ...said }),
        }),
      ])
      if (outcome?.status !== 'stored') throw new Error('not stored')
      await stage.activities().actOnMessage(outcome.stored.messageId)
    }

    /** Told and sent, so many minutes after the start; answers its id. */
    async function tell(atMinutes: number, command: DeviceCommand, isSent = true): Promise<number> {
      const now = new Date(startMs + atMinutes * MINUTE_MS)
      return stage.db.write(async (tx) => {
        const row = await findDevice(stage.db, { scope: { all: true }, iam: device.iam }, tx)
        if (row === null) throw new Error('no device')
        const made = await requestCommand(stage.db, { device: row, command, requestedBy: 'user/1', now }, tx)
        if (!made.ok) throw new Error(`${made.field} ${made.code}`)
        if (isSent && made.outboundId !== null) {
          const change = { state: 'sent', sentAt: now, finishedAt: now } as const
          await stage.db.models.OutboundMessage.update(change, { where: { id: made.outboundId }, transaction: tx })
        }
        return made.command.id
      })
    }

    async function stateOf(id: number, atMinutes = 600): Promise<string> {
      const row = await findCommand(stage.db, { deviceId: device.id, id })
      return row === null ? 'missing' : commandStateOf(row, new Date(startMs + atMinutes * MINUTE_MS))
    }

    return {
      group,
      device,
      modem,
      report,
      tell,
      stateOf,
      at: (minutes: number) => new Date(startMs + minutes * MINUTE_MS),
    }
  }

  const normal = { reasonCode: 0, intervalMinutes: 10, sleepMinutes: 0 }
  const changed = (intervalMinutes: number, sleepMinutes = 0) => ({ reasonCode: 3, intervalMinutes, sleepMinutes })

  describe('a command from a handset', () => {
    it('is listed, superseded by a newer one, and confirmed by the buoy’s own report', async () => {
      const sea = await launch('v3')
      await sea.report(0, normal)
      const modem = await buildModem(stage.db)
      const { id, iam } = await buildDevice(stage.db, { groupId: sea.group.id, kind: 'handset', modemId: modem.id })
      await buildRoute(stage.db, { groupId: sea.group.id, sourceDeviceId: id, targetModemId: sea.modem.id })
      // A program hears of it too, and what goes there is no text to a modem.
      const program = await buildEndpoint(stage.db, { groupId: sea.group.id })
      await buildRoute(stage.db, { groupId: sea.group.id, sourceDeviceId: id, endpointId: program.id })
      const say = async (minutes: number, atMinutes: number) => {
        const commands = [{ wish: minutes, transmitTime: sea.at(atMinutes), receivedAt: sea.at(atMinutes) }]
        const [message] = await storeCommands(stage.db, { imei: modem.imei, commands })
        // Acted on twice: there is one row all the same.
        for (let times = 0; times < 2; times += 1) {
          await stage.activities({ now: () => sea.at(atMinutes) }).actOnMessage(message?.messageId ?? 0)
        }
      }
      const listed = () => listCommands(stage.db, { deviceId: sea.device.id, limit: 10, afterId: null })
      await say(30, 2)
      await say(20, 15)
      const [newer, older, ...rest] = await listed()
      expect(rest).toEqual([])
      expect(newer).toMatchObject({ kind: 'interval', value: 20, requestedBy: `device/${iam}`, credits: 1 })
      expect(newer?.expectedTo).toEqual(expect.any(Date))
      expect(await sea.stateOf(older?.id ?? 0)).toBe('superseded')
      expect(await stage.row(older?.outboundId ?? 0)).toMatchObject({ state: 'cancelled' })
      const outboundId = newer?.outboundId ?? 0
      const activities = stage.activities({ now: () => sea.at(16) })
      expect(await activities.tryDeliver({ outboundId, wish: 'send' })).toMatchObject({ state: 'sent' })
      expect(stage.vendor.sent.map(({ data }) => Buffer.from(data).toString())).toEqual(['+DATA:PK006,20;'])
      await sea.report(20, normal)
      await sea.report(21, changed(20))
      expect(await sea.stateOf(newer?.id ?? 0)).toBe('confirmed')
    })
  })

  describe('a command to a v3 buoy', () => {
    it('is confirmed, with its delivery, by the report that shows it', async () => {
      const sea = await launch('v3')
      await sea.report(0, normal)
      const id = await sea.tell(5, { command: 'interval', minutes: 20 })
      expect(await sea.stateOf(id, 6)).toBe('sent')
      // This session fetches it; what it says was composed before.
      await sea.report(10, normal)
      expect(await sea.stateOf(id, 11)).toBe('sent')
      await sea.report(11, changed(20))
      expect(await sea.stateOf(id)).toBe('confirmed')
      const row = await findCommand(stage.db, { deviceId: sea.device.id, id })
      expect(await stage.row(row?.outboundId ?? 0)).toMatchObject({ state: 'confirmed' })
    })

    it('is confirmed by a later report if the answer was lost', async () => {
      const sea = await launch('v3')
      const id = await sea.tell(5, { command: 'interval', minutes: 30 })
      await sea.report(10, normal)
      await sea.report(30, { ...normal, intervalMinutes: 30 })
      expect(await sea.stateOf(id)).toBe('confirmed')
    })

    it('is not confirmed by an interval that was in force before any session could fetch it', async () => {
      const sea = await launch('v3')
      const id = await sea.tell(5, { command: 'interval', minutes: 10 })
      await sea.report(10, normal)
      expect(await sea.stateOf(id, 11)).toBe('sent')
    })

    it('is refused by a report with st 4', async () => {
      const sea = await launch('v3')
      const id = await sea.tell(5, { command: 'interval', minutes: 20 })
      await sea.report(10, normal)
      await sea.report(11, { reasonCode: 4, intervalMinutes: 10, sleepMinutes: 0 })
      expect(await sea.stateOf(id)).toBe('refused')
    })

    it('is voided by a power-on after it was fetched, but not while it still waits', async () => {
      const sea = await launch('v3')
      const done = await sea.tell(1, { command: 'interval', minutes: 20 })
      await sea.report(10, normal)
      await sea.report(11, changed(20))
      expect(await sea.stateOf(done)).toBe('confirmed')
      const fetched = await sea.tell(12, { command: 'sleep', seconds: 3600 })
      await sea.report(20, { ...normal, intervalMinutes: 20 })
      const waiting = await sea.tell(21, { command: 'interval', minutes: 60 })
      await sea.report(22, { reasonCode: 1, intervalMinutes: 10, sleepMinutes: 0 })
      expect(await sea.stateOf(fetched)).toBe('voided')
      expect(await sea.stateOf(waiting, 22)).toBe('sent')
    })

    it('is confirmed by its answer, or by the report on waking (sleep)', async () => {
      const sea = await launch('v3')
      const answered = await sea.tell(5, { command: 'sleep', seconds: 3630 })
      await sea.report(10, normal)
      await sea.report(11, changed(10, 60))
      expect(await sea.stateOf(answered)).toBe('confirmed')
      await sea.report(75, { reasonCode: 2, intervalMinutes: 10, sleepMinutes: 0 })
      const silent = await sea.tell(80, { command: 'sleep', seconds: 3600 })
      await sea.report(85, normal)
      await sea.report(150, { reasonCode: 2, intervalMinutes: 10, sleepMinutes: 0 })
      expect(await sea.stateOf(silent)).toBe('confirmed')
    })

    it('is overdue after its answer was due, and still confirmed when the answer comes', async () => {
      const sea = await launch('v3')
      await sea.report(0, normal)
      const id = await sea.tell(5, { command: 'interval', minutes: 20 })
      const row = await findCommand(stage.db, { deviceId: sea.device.id, id })
      expect(row?.expectedFrom?.getTime()).toBeGreaterThan(sea.at(0).getTime())
      expect(await sea.stateOf(id, 60)).toBe('overdue')
      await sea.report(61, normal)
      await sea.report(62, changed(20))
      expect(await sea.stateOf(id, 90)).toBe('confirmed')
    })

    it('supersedes a queued command of its kind, but not a sent one or another kind', async () => {
      const sea = await launch('v3')
      const left = await sea.tell(1, { command: 'interval', minutes: 15 })
      const queued = await sea.tell(2, { command: 'interval', minutes: 20 }, false)
      const other = await sea.tell(3, { command: 'sleep', seconds: 600 }, false)
      const newest = await sea.tell(4, { command: 'interval', minutes: 30 }, false)
      expect(await Promise.all([left, queued, other, newest].map((id) => sea.stateOf(id, 5)))).toEqual([
        'sent',
        'superseded',
        'queued',
        'queued',
      ])
    })

    it('is held for a decision if the buoy would sleep twice', async () => {
      const sea = await launch('v3')
      await sea.report(0, normal)
      await sea.tell(5, { command: 'sleep', seconds: 7200 })
      const twice = await sea.tell(30, { command: 'sleep', seconds: 7200 })
      expect(await sea.stateOf(twice, 31)).toBe('needs-decision')
      const row = await findCommand(stage.db, { deviceId: sea.device.id, id: twice })
      expect(row).toMatchObject({ outboundId: null, reason: 'sleeps-already' })
    })
  })

  describe('a command to a v2 buoy', () => {
    it('is confirmed by the status in the report after the one that fetched it (beacon)', async () => {
      const sea = await launch('v2')
      const id = await sea.tell(5, { command: 'beacon', on: true })
      await sea.report(10, { beaconOn: false })
      expect(await sea.stateOf(id)).toBe('sent')
      await sea.report(20, { beaconOn: true })
      expect(await sea.stateOf(id)).toBe('confirmed')
    })

    it('is confirmed by the spacing of two reports, and never overdue (interval)', async () => {
      const sea = await launch('v2')
      const id = await sea.tell(5, { command: 'interval', minutes: 30 })
      await sea.report(10, {})
      await sea.report(21, {})
      expect(await sea.stateOf(id, 5000)).toBe('sent')
      await sea.report(52, {})
      expect(await sea.stateOf(id)).toBe('confirmed')
    })

    it('is confirmed by the first report after it (sleep)', async () => {
      const sea = await launch('v2')
      const id = await sea.tell(5, { command: 'sleep', seconds: 3600 })
      await sea.report(10, {})
      await sea.report(72, {})
      expect(await sea.stateOf(id)).toBe('confirmed')
    })
  })

  describe("the gateway's queue", () => {
    it('grows with each message, shrinks with each session, and is empty after five days', async () => {
      const sea = await launch('v3')
      for (const minutes of [1, 2, 3]) await sea.tell(minutes, { command: 'interval', minutes: 10 + minutes })
      const depth = async (atMinutes: number) =>
        (await queueOf(stage.db, sea.device.id, sea.modem.imei, sea.at(atMinutes))).queue.depth
      expect(await depth(4)).toBe(3)
      await sea.report(10, normal)
      expect(await depth(11)).toBe(2)
      expect(await listCommands(stage.db, { deviceId: sea.device.id, limit: 10, afterId: null })).toHaveLength(3)
      // After five days all of it is purged.
      expect(await depth(5 * 1440 + 5)).toBe(0)
    })
  })
}
