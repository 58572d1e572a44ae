import { type CommandRow, commandStateOf } from '@paikea/database'
import { presentTime } from '../../http/fields.ts'
import type { CommandView } from './schema.ts'

/** A command as the API returns it. */
export function presentCommand(row: CommandRow, now: Date): CommandView {
  return {
    id: row.id,
    command: row.kind,
    ...valueOf(row),
    text: row.text,
    state: commandStateOf(row, now),
    stateReason: row.reason ?? row.outboundReason,
    credits: row.credits,
    requestedBy: row.requestedBy,
    createdAt: presentTime(row.createdAt),
    sentAt: presentTime(row.sentAt),
    expectedAt:
      row.expectedFrom === null || row.expectedTo === null
        ? null
        : { from: presentTime(row.expectedFrom), to: presentTime(row.expectedTo) },
    answeredBy: presentTime(row.answeredBy),
    decidedAt: presentTime(row.decidedAt),
    decidedByMessageId: row.decidedByMessageId,
    messageId: row.outboundId,
  }
}

function valueOf({ kind, value }: CommandRow): Pick<CommandView, 'minutes' | 'seconds' | 'on'> {
  switch (kind) {
    case 'interval':
      return { minutes: value }
    case 'sleep':
      return { seconds: value }
    case 'beacon':
      return { on: value === 1 }
  }
}
