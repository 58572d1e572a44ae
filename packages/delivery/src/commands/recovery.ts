import {
  type Database,
  type DeviceRow,
  endRecovery as endRow,
  findDevice,
  insertRecovery,
  loadRecovery,
  setBackCommand,
  type Transaction,
} from '@paikea/database'
import { creditsFor } from '@paikea/rockblock-client'

import type { RecoveryStep } from '../contract.ts'
import { knowledgeOf } from './device-knowledge.ts'
import { type CommandRefusal, requestCommand } from './request-command.ts'

/** Size of a buoy's report, in bytes. */
const REPORT_BYTES = 90
const HOUR_MS = 3_600_000
const LONGEST_LOOK_MS = 10 * 60_000
const SHORTEST_LOOK_MS = 1_000

/** Request for a recovery: someone is on the way to a buoy, which is to report often for some hours. */
export interface RecoveryWish {
  /** The short interval. */
  readonly minutes: number
  readonly hours: number
  /** The interval afterwards. @default the current one */
  readonly backMinutes?: number | undefined
  /** Battery level below which the recovery ends early. */
  readonly stopBelowVolts?: number | undefined
}

/** What a recovery would cost. */
export interface RecoveryPrice {
  readonly backMinutes: number
  readonly reports: number
  /** Cost of all reports during the recovery and of both commands. */
  readonly credits: number
  /** The part of the cost that the recovery adds. */
  readonly extraCredits: number
}

/** Computes the cost before anything is sent; a refusal names the field. */
export async function priceRecovery(
  db: Database,
  { device, wish }: { readonly device: DeviceRow; readonly wish: RecoveryWish },
  tx?: Transaction,
): Promise<({ readonly ok: true } & RecoveryPrice) | CommandRefusal> {
  const { minutes, hours } = wish
  const known = device.state?.intervalMinutes ?? (await knowledgeOf(db, device, tx)).intervalMinutes
  const backMinutes = wish.backMinutes ?? (known === null ? null : Math.round(known))
  if (backMinutes === null) {
    return refuse('backMinutes', 'required', 'its current interval is unknown: say which one to restore')
  }
  if (backMinutes <= minutes)
    return refuse('minutes', 'not-shorter', `must be less than the ${backMinutes} min restored afterwards`)
  const each = creditsFor(REPORT_BYTES)
  const reports = Math.ceil((hours * 60) / minutes)
  const usual = Math.floor((hours * 60) / backMinutes)
  const commands = 2
  const credits = reports * each + commands
  return { ok: true, backMinutes, reports, credits, extraCredits: credits - usual * each }
}

/** Sends the short interval and records its end, in the caller's transaction. */
export async function beginRecovery(
  db: Database,
  of: { readonly device: DeviceRow; readonly wish: RecoveryWish; readonly requestedBy: string; readonly now: Date },
  tx: Transaction,
): Promise<{ readonly ok: true; readonly id: number; readonly outboundId: number | null } | CommandRefusal> {
  const { device, wish, requestedBy, now } = of
  const price = await priceRecovery(db, { device, wish }, tx)
  if (!price.ok) return price
  // This also ends a recovery that is already running.
  const command = { command: 'interval', minutes: wish.minutes } as const
  const made = await requestCommand(db, { device, command, requestedBy, now }, tx)
  if (!made.ok) return made
  const id = await insertRecovery(
    db,
    {
      deviceId: device.id,
      minutes: wish.minutes,
      backMinutes: price.backMinutes,
      stopBelowVolts: wish.stopBelowVolts ?? null,
      credits: price.credits,
      commandId: made.command.id,
      requestedBy,
      createdAt: now,
      endsAt: new Date(now.getTime() + wish.hours * HOUR_MS),
    },
    tx,
  )
  return { ok: true, id, outboundId: made.outboundId }
}

/** Ends a device's running recovery: the interval goes back. Null if none runs; the message of the command otherwise. */
export async function stopRecovery(
  db: Database,
  of: {
    readonly device: DeviceRow
    readonly id: number
    readonly backMinutes: number
    readonly reason: string
    readonly now: Date
  },
  tx: Transaction,
): Promise<{ readonly outboundId: number | null } | null> {
  const { device, id, backMinutes, reason, now } = of
  if (!(await endRow(db, { deviceId: device.id, reason, at: now }, tx))) return null
  const command = { command: 'interval', minutes: backMinutes } as const
  const made = await requestCommand(db, { device, command, requestedBy: 'system/recovery', now }, tx)
  // The device has lost its modem in the meantime: nothing can be sent to it.
  if (!made.ok) return { outboundId: null }
  await setBackCommand(db, { id, commandId: made.command.id }, tx)
  return { outboundId: made.outboundId }
}

/** Checks whether a running recovery is over, by its time or by the battery level of the last report. */
export function lookAtRecovery(db: Database, id: number, now: Date): Promise<RecoveryStep> {
  return db.write(async (tx) => {
    const row = await loadRecovery(db, { id }, tx)
    if (row === null || row.state !== 'running')
      return { step: 'done', reason: row?.reason ?? 'gone', outboundId: null }
    const device = row.iam === null ? null : await findDevice(db, { scope: { all: true }, iam: row.iam }, tx)
    const volts = device?.state?.batteryVolts ?? null
    const leftMs = row.endsAt.getTime() - now.getTime()
    const isLow = row.stopBelowVolts !== null && volts !== null && volts < row.stopBelowVolts
    if (device !== null && leftMs > 0 && !isLow) {
      return { step: 'wait', waitMs: Math.max(SHORTEST_LOOK_MS, Math.min(leftMs, LONGEST_LOOK_MS)) }
    }
    if (device === null) {
      await endRow(db, { deviceId: row.deviceId, reason: 'gone', at: now }, tx)
      return { step: 'done', reason: 'gone', outboundId: null }
    }
    const reason = isLow ? 'battery' : 'time'
    const stopped = await stopRecovery(db, { device, id, backMinutes: row.backMinutes, reason, now }, tx)
    return { step: 'done', reason, outboundId: stopped?.outboundId ?? null }
  })
}

function refuse(field: string, code: string, message: string): CommandRefusal {
  return { ok: false, field, code, message }
}
