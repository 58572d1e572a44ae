import type { Database } from '@paikea/database'
import { z } from 'zod'

import type { StoredDelivery, StoredMessage } from './count.ts'
import { keyOf, type Receipt, strange } from './receipts.ts'
import type { Pair } from './sea.ts'

const MtList = z.object({ items: z.array(z.object({ imei: z.string(), text: z.string() })) })

/** All messages as stored, in order of intake. */
export async function readStored(db: Database): Promise<StoredMessage[]> {
  const rows = await db.models.InboundMessage.findAll({
    attributes: ['id', 'imei', 'payload', 'state', 'copies', 'skippedRoutes'],
    order: [['id', 'ASC']],
  })
  return rows.map((row) => {
    const text = row.payload?.toString('latin1') ?? ''
    return {
      id: Number(row.id),
      state: row.state,
      copies: row.copies,
      key: keyOf(row.imei ?? '', text) ?? strange(text),
      skipped: new Map(row.skippedRoutes.map(({ routeId, reason }) => [routeId, reason])),
    }
  })
}

/** All deliveries as stored. */
export async function readDeliveries(db: Database): Promise<StoredDelivery[]> {
  const endpoints = await readReasons(db)
  const rows = await db.models.OutboundMessage.findAll({
    attributes: ['id', 'causeMessageId', 'endpointId', 'state', 'reasonCode'],
    order: [['id', 'ASC']],
  })
  return rows.map((row) => ({
    id: Number(row.id),
    messageId: Number(row.causeMessageId),
    endpointId: Number(row.endpointId),
    state: row.state,
    reason: row.reasonCode,
    endpointReason: endpoints.get(Number(row.endpointId)) ?? null,
  }))
}

/** Why each endpoint accepts nothing now; `null`: it does. */
async function readReasons(db: Database): Promise<ReadonlyMap<number, string | null>> {
  const reasons = new Map<number, string | null>()
  for (const { id, state, reasonCode, failingSince } of await db.models.Endpoint.findAll()) {
    const isFailing = failingSince === null ? null : 'failing, not paused yet'
    reasons.set(id, state === 'active' ? isFailing : `${state}: ${reasonCode}`)
  }
  return reasons
}

/**
 * Whether an open delivery should still reach a final state. Behind an endpoint meant to be lame it may wait for ever,
 * but only once the service has found that out: while a disruption cut off each attempt, it cannot know yet.
 */
export function isToCome(
  { endpointId }: { readonly endpointId: number },
  options: { readonly lameIds: readonly number[]; readonly reasons: ReadonlyMap<number, string | null> },
): boolean {
  return !options.lameIds.includes(endpointId) || (options.reasons.get(endpointId) ?? null) === null
}

/** What the vendor was given for each handset, in order, as messages of the buoy it follows. */
export async function readMts(simulatorUrl: string, pairs: readonly Pair[]): Promise<Map<string, Receipt[]>> {
  const byHandset = new Map<string, Receipt[]>()
  for (const { imei, handsetImei } of pairs) {
    const response = await fetch(`${simulatorUrl}/sim/mt?imei=${handsetImei}`)
    const { items } = MtList.parse(await response.json())
    byHandset.set(
      handsetImei,
      items.map(({ text }) => ({ deliveryId: null, key: keyOf(imei, text) ?? strange(text) })),
    )
  }
  return byHandset
}

/** The work left in a run: none once it is 0 everywhere. */
export interface Remainder {
  /** Messages the vendor has not delivered yet. */
  readonly owed: number
  /** Messages not stored, or not processed. */
  readonly messages: number
  /** Deliveries that nothing holds back and that are not final. */
  readonly deliveries: number
  /** These by endpoint and state, to show what it is waiting for. */
  readonly what: Readonly<Record<string, number>>
}

const Owed = z.object({ owed: z.array(z.unknown()) })

/** Determines the work left, and has the vendor repeat its undelivered messages at once. */
export async function readRemainder(
  db: Database,
  options: {
    readonly simulatorUrl: string
    readonly sent: number
    /** Endpoints behind which deliveries may wait for ever. */
    readonly lameIds: readonly number[]
  },
): Promise<Remainder> {
  const response = await fetch(`${options.simulatorUrl}/sim/webhooks`)
  const { owed } = Owed.parse(await response.json())
  if (owed.length > 0) await fetch(`${options.simulatorUrl}/sim/webhooks/retry`, { method: 'POST' })
  const processed = await db.models.InboundMessage.count({ where: { state: 'processed' } })
  const open = await db.models.OutboundMessage.findAll({
    attributes: ['endpointId', 'state', 'reasonCode', 'lane'],
    where: { state: ['queued', 'sending'] },
  })
  const reasons = await readReasons(db)
  const left = open.filter((row) => isToCome({ endpointId: Number(row.endpointId) }, { ...options, reasons }))
  const what: Record<string, number> = {}
  for (const { endpointId, state, reasonCode, lane } of left) {
    const name = `endpoint ${endpointId} ${state} ${reasonCode ?? ''} ${lane}`
    what[name] = (what[name] ?? 0) + 1
  }
  return { owed: owed.length, messages: options.sent - processed, deliveries: left.length, what }
}
