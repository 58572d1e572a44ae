import { type CommandRow, commandStateOf } from '@paikea/database'
import { type CommandPreview, GATEWAY_QUEUE_LIMIT, type GatewayQueue } from '@paikea/delivery'
import { presentTime } from '../../http/fields.ts'
import type { CommandPreviewView, CommandView } from './schema.ts'

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
    expectedAt: presentSpan(row.expectedFrom, row.expectedTo),
    answeredBy: presentTime(row.answeredBy),
    decidedAt: presentTime(row.decidedAt),
    decidedByMessageId: row.decidedByMessageId,
    messageId: row.outboundId,
  }
}

/** What a command would cost and do. */
export function presentPreview(preview: Extract<CommandPreview, { readonly ok: true }>): CommandPreviewView {
  const { text, credits, isHeld, reach, queue, replaces } = preview
  return {
    text,
    credits,
    state: isHeld ? 'needs-decision' : 'queued',
    stateReason: isHeld ? 'sleeps-already' : null,
    expectedAt: presentSpan(reach?.expectedAt.from ?? null, reach?.expectedAt.to ?? null),
    answeredBy: presentTime(reach?.answeredBy ?? null),
    replaces: [...replaces],
    ...presentQueue(queue),
  }
}

function presentSpan(from: Date | null, to: Date | null): CommandView['expectedAt'] {
  return from === null || to === null ? null : { from: presentTime(from), to: presentTime(to) }
}

/** What the gateway holds for the modem, and what to be warned of. */
export function presentQueue(queue: GatewayQueue) {
  const isFull = queue.depth >= GATEWAY_QUEUE_LIMIT
  return {
    queue: { depth: queue.depth, limit: GATEWAY_QUEUE_LIMIT, purgedAt: presentTime(queue.purgedAt) },
    warnings: isFull ? ['The gateway’s queue for this modem is full: this message may be refused.'] : [],
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
