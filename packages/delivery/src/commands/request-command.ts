import {
  cancelOutbound,
  type CommandRow,
  commandStateOf,
  type Database,
  decideCommands,
  type DeviceRow,
  endRecovery,
  ensureEndpoint,
  findCommand,
  insertCommand,
  insertPersonOutbound,
  listCommands,
  listContacts,
  loadAnsweredDepths,
  loadModemQueue,
  releaseCommand,
  type Transaction,
} from '@paikea/database'
import type { CommandKind, DeviceGeneration } from '@paikea/domain'
import { type DeviceCommand, encodeCommand } from '@paikea/packets'
import { creditsFor } from '@paikea/rockblock-client'
import { type CommandReach, commandReach } from '@paikea/schedule'

import { answeredSince } from '../airtime/depth.ts'
import { modemEndpoint, modemTarget } from '../targets/modem/modem-target.ts'
import { generationOf, knowledgeOf } from './device-knowledge.ts'
import { GATEWAY_QUEUE_LIMIT, type GatewayQueue, gatewayQueue } from './gateway-queue.ts'

/** The vendor purges messages not fetched within this time. */
const GATEWAY_MEMORY_MS = 5 * 86_400_000
/** Sessions read to estimate the gateway's queue: five days at one every 5 min. */
const MAX_CONTACTS = 1_500
/** How many commands to search for one that is to be replaced, or that still keeps the buoy asleep. */
export const RECENT_COMMANDS = 50
/** A command that has waited this long for the vendor is no longer useful. */
const TIME_TO_LIVE_MS = 24 * 3_600_000

/** Why a command is refused, with the field at fault. */
export type CommandRefusal = {
  readonly ok: false
  readonly field: string
  readonly code: string
  readonly message: string
}

/** The outcome of a request for a command. */
export type CommandRequest =
  | {
      readonly ok: true
      readonly command: CommandRow
      readonly outboundId: number | null
      readonly queue: GatewayQueue
    }
  | CommandRefusal

/** A request after checks, before anything is written. */
type CommandWeight =
  | {
      readonly ok: true
      readonly modem: NonNullable<DeviceRow['modem']>
      readonly generation: DeviceGeneration
      readonly text: string
      readonly credits: number
      readonly recent: readonly CommandRow[]
      /** A sleep command held for a person's decision. */
      readonly isHeld: boolean
    }
  | CommandRefusal

/** Checks a request against the limits of the device's firmware, and prices it. Writes nothing. */
async function weighCommand(
  db: Database,
  { device, command, now }: { readonly device: DeviceRow; readonly command: DeviceCommand; readonly now: Date },
  tx?: Transaction,
): Promise<CommandWeight> {
  const { modem } = device
  if (device.kind !== 'buoy') return refuse('command', 'not-a-buoy', `a ${device.kind} takes no commands`)
  if (modem === null) return refuse('iam', 'no-modem', 'the device has no modem to send to')
  const generation = generationOf(device)
  if (generation === null) {
    return refuse('command', 'unknown-generation', 'the generation of its firmware (v2 or v3) must be entered first')
  }
  const encoded = encodeCommand(command, { generation })
  if (!encoded.ok) return refuse(encoded.problem.field, encoded.problem.code, encoded.problem.detail)
  const recent = await listCommands(db, { deviceId: device.id, limit: RECENT_COMMANDS, afterId: null }, tx)
  const isHeld = command.command === 'sleep' && recent.some((earlier) => isAsleepBy(earlier, device, now))
  const { text } = encoded
  return { ok: true, modem, generation, text, credits: creditsFor(text.length), recent, isHeld }
}

/** What a command would cost and do. */
export type CommandPreview =
  | {
      readonly ok: true
      readonly text: string
      readonly credits: number
      readonly isHeld: boolean
      readonly reach: CommandReach | null
      readonly queue: GatewayQueue
      /** Commands that it would replace. */
      readonly replaces: readonly number[]
    }
  | CommandRefusal

/** Previews a command: what it would cost and do. Sends nothing. */
export async function previewCommand(
  db: Database,
  wish: { readonly device: DeviceRow; readonly command: DeviceCommand; readonly now: Date },
): Promise<CommandPreview> {
  const { device, command, now } = wish
  const weight = await weighCommand(db, wish)
  if (!weight.ok) return weight
  const { text, credits, isHeld, recent, modem } = weight
  const replaced = recent.filter((earlier) => isReplacedBy(earlier, command.command, now))
  const { queue, waiting } = await queueOf(db, device.id, modem.imei, now)
  const stillWaiting = waiting - replaced.filter(({ storedState }) => storedState !== 'needs-decision').length
  const reach = commandReach(await knowledgeOf(db, device), now, queue.depth + Math.max(0, stillWaiting))
  return { ok: true, text, credits, isHeld, reach, queue, replaces: replaced.map(({ id }) => id) }
}

/**
 * Sends a command to a buoy. It is checked against the firmware's limits, priced, and replaces queued commands of its
 * kind. A sleep command is held for a person's decision while an earlier one has not run out: the buoy would sleep
 * twice. Runs in the caller's transaction.
 */
export async function requestCommand(
  db: Database,
  wish: {
    readonly device: DeviceRow
    readonly command: DeviceCommand
    /** Recorded with the command: `user/3`. */
    readonly requestedBy: string
    readonly now: Date
    /** The interval belongs to the running recovery; any other one ends that recovery. */
    readonly keepsRecovery?: boolean
  },
  tx: Transaction,
): Promise<CommandRequest> {
  const { device, command, requestedBy, now, keepsRecovery = false } = wish
  const weight = await weighCommand(db, wish, tx)
  if (!weight.ok) return weight
  const { modem, generation, text, credits, recent, isHeld } = weight
  await replaceQueued(db, recent, command.command, now, tx)
  if (command.command === 'interval' && !keepsRecovery)
    await endRecovery(db, { deviceId: device.id, reason: 'newer-command', at: now }, tx)
  const { queue, waiting } = await queueOf(db, device.id, modem.imei, now, tx)
  const reach = commandReach(await knowledgeOf(db, device, tx), now, queue.depth + waiting)
  const values = { device, text, now, imei: modem.imei, modemId: modem.id }
  const outboundId = isHeld ? null : await send(db, values, tx)
  const id = await insertCommand(
    db,
    {
      groupId: device.group.id,
      deviceId: device.id,
      kind: command.command,
      value: valueOf(command),
      generation,
      text,
      credits,
      state: isHeld ? 'needs-decision' : 'open',
      reason: isHeld ? 'sleeps-already' : null,
      outboundId,
      requestedBy,
      expectedFrom: reach?.expectedAt.from ?? null,
      expectedTo: reach?.expectedAt.to ?? null,
      answeredBy: reach?.answeredBy ?? null,
      createdAt: now,
    },
    tx,
  )
  return { ok: true, command: await need(db, device.id, id, tx), outboundId, queue }
}

/** Sends a held command after all. `null` if it is no longer held. */
export async function sendHeldCommand(
  db: Database,
  wish: { readonly device: DeviceRow; readonly command: CommandRow; readonly now: Date },
  tx: Transaction,
): Promise<{ readonly command: CommandRow; readonly outboundId: number } | CommandRefusal | null> {
  const { device, command, now } = wish
  if (device.modem === null) return refuse('iam', 'no-modem', 'the device has no modem to send to')
  if (command.storedState !== 'needs-decision') return null
  const values = { device, text: command.text, now, imei: device.modem.imei, modemId: device.modem.id }
  const outboundId = await send(db, values, tx)
  if (!(await releaseCommand(db, { id: command.id, outboundId }, tx))) return null
  return { command: await need(db, device.id, command.id, tx), outboundId }
}

/**
 * Cancels a command that has not been sent yet.
 *
 * @returns false if it has been sent, or is settled
 */
export async function cancelCommand(
  db: Database,
  wish: { readonly command: CommandRow; readonly now: Date },
  tx: Transaction,
): Promise<boolean> {
  const { command, now } = wish
  const decision = { id: command.id, state: 'cancelled', reason: null, messageId: null, at: now } as const
  if (command.storedState === 'needs-decision') {
    await decideCommands(db, { decisions: [decision] }, tx)
    return true
  }
  if (command.storedState !== 'open' || command.outboundId === null) return false
  const wanted = { outboundId: command.outboundId, scope: { all: true }, at: now } as const
  if ((await cancelOutbound(db, wanted, tx)).status !== 'done') return false
  await decideCommands(db, { decisions: [decision] }, tx)
  return true
}

/** The gateway's estimated queue for a device's modem, and the messages waiting here. */
export async function queueOf(
  db: Database,
  deviceId: number,
  imei: string,
  now: Date,
  tx?: Transaction,
): Promise<{ readonly queue: GatewayQueue; readonly waiting: number; readonly isFull: boolean }> {
  const since = new Date(now.getTime() - GATEWAY_MEMORY_MS)
  const { sentAt, waiting } = await loadModemQueue(db, { targetKey: modemTarget(imei).targetKey, since }, tx)
  const contacts =
    sentAt.length === 0 ? [] : await listContacts(db, { deviceId, after: since, limit: MAX_CONTACTS }, tx)
  const queue = gatewayQueue(sentAt, contacts, now)
  return { queue, waiting, isFull: queue.depth + waiting >= GATEWAY_QUEUE_LIMIT }
}

async function send(
  db: Database,
  of: {
    readonly device: DeviceRow
    readonly text: string
    readonly now: Date
    readonly imei: string
    readonly modemId: number
  },
  tx: Transaction,
): Promise<number> {
  const { device, text, now, imei, modemId } = of
  const groupId = device.group.id
  const endpointId = await ensureEndpoint(db, { values: modemEndpoint({ groupId, imei, modemId }) }, tx)
  const payload = Buffer.from(text, 'ascii')
  const depths = await loadAnsweredDepths(db, { deviceIds: [device.id], since: answeredSince(now) }, tx)
  const { outboundId } = await insertPersonOutbound(
    db,
    {
      groupId,
      ...modemTarget(imei),
      endpointId,
      modemId,
      text,
      payload,
      credits: creditsFor(payload.length),
      depth: 1 + (depths.get(device.id) ?? 0),
      expiresAt: new Date(now.getTime() + TIME_TO_LIVE_MS),
      createdAt: now,
    },
    tx,
  )
  return outboundId
}

/** A newer command replaces unsent ones of the same kind. */
export async function replaceQueued(
  db: Database,
  recent: readonly CommandRow[],
  kind: CommandKind,
  now: Date,
  tx: Transaction,
): Promise<void> {
  for (const command of recent.filter((earlier) => isReplacedBy(earlier, kind, now))) {
    const decision = { id: command.id, state: 'superseded', reason: 'newer-command', messageId: null, at: now } as const
    if (command.storedState === 'needs-decision') await decideCommands(db, { decisions: [decision] }, tx)
    if (command.outboundId === null) continue
    const reason = 'A newer command of the same kind replaced it.'
    const wanted = { outboundId: command.outboundId, scope: { all: true }, at: now, reason } as const
    // A command being sent right now cannot be stopped: the newer one follows it.
    if ((await cancelOutbound(db, wanted, tx)).status === 'done')
      await decideCommands(db, { decisions: [decision] }, tx)
  }
}

function isReplacedBy(earlier: CommandRow, kind: CommandKind, now: Date): boolean {
  if (earlier.kind !== kind) return false
  if (earlier.storedState === 'needs-decision') return true
  return earlier.outboundId !== null && commandStateOf(earlier, now) === 'queued'
}

/** Whether a sleep command keeps the buoy asleep, or will: counted from its confirmation or expected arrival. */
export function isAsleepBy(command: CommandRow, device: DeviceRow, now: Date): boolean {
  if (command.kind !== 'sleep' || command.value === 0) return false
  const state = commandStateOf(command, now)
  if (state !== 'sent' && state !== 'overdue' && state !== 'confirmed' && state !== 'unknown') return false
  // The buoy has been heard since it confirmed the sleep, so it is awake.
  const { decidedAt } = command
  if (decidedAt !== null && device.lastSentAt !== null && device.lastSentAt > decidedAt) return false
  const begins = decidedAt ?? command.expectedTo ?? command.sentAt ?? command.createdAt
  return begins.getTime() + command.value * 1000 > now.getTime()
}

/** Minutes, seconds, or 1 and 0 for on and off. */
export function valueOf(command: DeviceCommand): number {
  switch (command.command) {
    case 'interval':
      return command.minutes
    case 'sleep':
      return command.seconds
    case 'beacon':
      return command.on ? 1 : 0
  }
}

async function need(db: Database, deviceId: number, id: number, tx: Transaction): Promise<CommandRow> {
  const row = await findCommand(db, { deviceId, id }, tx)
  if (row === null) throw new Error(`command ${String(id)} was just written and is missing`)
  return row
}

function refuse(field: string, code: string, message: string): CommandRefusal {
  return { ok: false, field, code, message }
}
