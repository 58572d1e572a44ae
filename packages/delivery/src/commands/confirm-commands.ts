import {
  type Database,
  decideCommands,
  listContacts,
  listDecidableCommands,
  type MessageForAction,
  type Transaction,
} from '@paikea/database'

import { judgeCommands, type ReportOfDevice } from './judge-commands.ts'

/** Sessions looked at since the oldest open command. */
const MAX_CONTACTS = 200

/**
 * Decides the open commands of the devices that these messages are from, by what they report. One query where nothing is
 * open.
 */
export async function confirmCommands(
  db: Database,
  messages: readonly MessageForAction[],
  tx: Transaction,
): Promise<void> {
  // A payload that repeats says nothing of now.
  const reporting = messages.filter(({ device, report }) => device?.kind === 'buoy' && report?.isRepeat === false)
  const deviceIds = [...new Set(reporting.flatMap(({ device }) => device?.id ?? []))]
  const commands = await listDecidableCommands(db, { deviceIds }, tx)
  if (commands.length === 0) return
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
    }
  }
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
