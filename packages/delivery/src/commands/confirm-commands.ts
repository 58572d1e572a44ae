import {
  type Database,
  decideCommands,
  listContacts,
  listDecidableCommands,
  type MessageForAction,
  type Transaction,
} from '@paikea/database'

import { keepRecovery } from './keep-recovery.ts'
import { judgeCommands, type ReportOfDevice } from './judge-commands.ts'

/** Maximum number of sessions read since the oldest open command. */
const MAX_CONTACTS = 200

/**
 * Settles the open commands of these messages' devices from what they report. One query if none are open.
 *
 * @returns ids of messages written as a consequence: a recovery's short interval, sent again
 */
export async function confirmCommands(
  db: Database,
  messages: readonly MessageForAction[],
  now: Date,
  tx: Transaction,
): Promise<readonly number[]> {
  // A repeated payload says nothing about the present.
  const reporting = messages.filter(({ device, report }) => device?.kind === 'buoy' && report?.isRepeat === false)
  const deviceIds = [...new Set(reporting.flatMap(({ device }) => device?.id ?? []))]
  const commands = await listDecidableCommands(db, { deviceIds }, tx)
  const written: number[] = []
  if (commands.length === 0) return written
  for (const deviceId of deviceIds) {
    let open = commands.filter((command) => command.deviceId === deviceId)
    const [oldest] = open
      .flatMap(({ sentAt }) => sentAt ?? [])
      .toSorted((one, other) => one.getTime() - other.getTime())
    if (oldest === undefined) continue
    const contacts = await listContacts(db, { deviceId, after: oldest, limit: MAX_CONTACTS }, tx)
    const reports = reporting
      .filter(({ device }) => device?.id === deviceId)
      .map(toReport)
      .toSorted((one, other) => one.transmittedAt.getTime() - other.transmittedAt.getTime())
    const device = reporting.find((message) => message.device?.id === deviceId)?.device ?? null
    for (const report of reports) {
      const verdicts = judgeCommands(open, report, contacts)
      await decideCommands(
        db,
        {
          decisions: verdicts.map(({ commandId, state, reason }) => ({
            id: commandId,
            state,
            reason,
            messageId: report.messageId,
            at: report.transmittedAt,
          })),
        },
        tx,
      )
      open = open.filter(({ id }) => !verdicts.some(({ commandId }) => commandId === id))
      const outboundId = device === null ? null : await keepRecovery(db, { device, verdicts, now }, tx)
      if (outboundId !== null) written.push(outboundId)
    }
  }
  return written
}

function toReport(message: MessageForAction): ReportOfDevice {
  const { report } = message
  return {
    messageId: message.messageId,
    transmittedAt: message.transmitTime ?? message.receivedAt,
    reasonCode: report?.reasonCode ?? null,
    intervalMinutes: report?.intervalMinutes ?? null,
    sleepMinutes: report?.sleepMinutes ?? null,
    beaconOn: report?.beaconOn ?? null,
  }
}
