import {
  cancelOutbound,
  endRecovery,
  type CommandOfMessage,
  findDevice,
  insertCommand,
  listCommands,
  listUnnotedCommands,
  type MessageForAction,
  type Transaction,
  type Database,
} from '@paikea/database'
import type { DeviceCommand } from '@paikea/packets'
import { commandReach } from '@paikea/schedule'

import type { RoutingPlan } from '../plan/routing-plan.ts'
import { subjectOf } from '../plan/subject.ts'
import { knowledgeOf } from './device-knowledge.ts'
import { isAsleepBy, queueOf, RECENT_COMMANDS, replaceQueued, valueOf } from './request-command.ts'

/** A command that a route sends from a handset to a buoy. */
interface Wish {
  readonly message: MessageForAction
  readonly command: DeviceCommand
  readonly routeId: number
  /** The buoy that holds the modem. */
  readonly iam: string
  readonly generation: 'v2' | 'v3'
}

/**
 * Writes a row in `commands` for each command that a message sends to a buoy. Like one requested here, it is then
 * shown, replaced by a newer one, confirmed by the buoy's reports, and held if the buoy would sleep twice. Costs
 * nothing for messages without commands.
 *
 * @param messages ordered by id, with their deliveries already written
 */
export async function noteRoutedCommands(
  db: Database,
  messages: readonly MessageForAction[],
  plans: ReadonlyMap<number, RoutingPlan>,
  now: Date,
  tx: Transaction,
): Promise<void> {
  const wishes = messages.flatMap((message) => wishesOf(message, plans.get(message.messageId)))
  if (wishes.length === 0) return
  const messageIds = [...new Set(wishes.map(({ message }) => message.messageId))]
  const deliveries = await listUnnotedCommands(db, { messageIds }, tx)
  for (const wish of wishes) {
    const delivery = deliveries.find(
      ({ messageId, routeId }) => messageId === wish.message.messageId && routeId === wish.routeId,
    )
    if (delivery !== undefined) await note(db, wish, delivery, now, tx)
  }
}

function wishesOf(message: MessageForAction, plan: RoutingPlan | undefined): Wish[] {
  const subject = plan === undefined ? null : subjectOf(null, message.decoded)
  if (plan === undefined || subject?.kind !== 'command') return []
  const { command } = subject
  return plan.deliveries.flatMap(({ route: { id, target, endpoint } }) => {
    const isModem = (target.addressee?.(endpoint.config).imei ?? null) !== null
    if (!isModem || endpoint.iam === null) return []
    // The text as encoded.
    return [{ message, command, routeId: id, iam: endpoint.iam, generation: endpoint.generation ?? 'v2' }]
  })
}

async function note(
  db: Database,
  { message, command, iam, generation }: Wish,
  { outboundId, text, credits }: CommandOfMessage,
  now: Date,
  tx: Transaction,
): Promise<void> {
  const device = await findDevice(db, { scope: { all: true }, iam }, tx)
  if (device?.kind !== 'buoy' || device.modem === null) return
  const kind = command.command
  const recent = await listCommands(db, { deviceId: device.id, limit: RECENT_COMMANDS, afterId: null }, tx)
  // A message may be late: commands requested after it was sent stay.
  const saidAt = message.transmitTime ?? message.receivedAt
  const older = recent.filter(({ createdAt }) => createdAt <= saidAt)
  await replaceQueued(db, older, kind, now, tx)
  if (kind === 'interval') await endRecovery(db, { deviceId: device.id, reason: 'newer-command', at: now }, tx)
  const { queue, waiting } = await queueOf(db, device.id, device.modem.imei, now, tx)
  // Its own delivery is already queued.
  const reach = commandReach(await knowledgeOf(db, device, tx), now, queue.depth + Math.max(0, waiting - 1))
  const isHeld = kind === 'sleep' && recent.some((earlier) => isAsleepBy(earlier, device, now))
  if (isHeld) {
    const reason = 'Held for a decision: the buoy would sleep twice.'
    await cancelOutbound(db, { outboundId, scope: { all: true }, at: now, reason }, tx)
  }
  await insertCommand(
    db,
    {
      groupId: device.group.id,
      deviceId: device.id,
      kind,
      value: valueOf(command),
      generation,
      text: text.slice(0, 64),
      credits,
      state: isHeld ? 'needs-decision' : 'open',
      reason: isHeld ? 'sleeps-already' : null,
      outboundId: isHeld ? null : outboundId,
      requestedBy: `device/${message.device?.iam ?? 'unknown'}`.slice(0, 64),
      expectedFrom: reach?.expectedAt.from ?? null,
      expectedTo: reach?.expectedAt.to ?? null,
      answeredBy: reach?.answeredBy ?? null,
      createdAt: now,
    },
    tx,
  )
}
