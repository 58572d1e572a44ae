import {
  accountHalts,
  beginAttempts,
  finishOutbound,
  isUnavailable,
  loadTurns,
  markHeld,
  markWaiting,
  noteEndpoints,
  parkVendorAccount,
  recordAttempts,
  refundAirtime,
  spendAirtime,
  stopDeliveries,
  type AirtimeSpend,
  type AttemptEnd,
  type Database,
  type DeliveryLane,
  type EndpointNote,
  type OutboundTurn,
  type Transaction,
} from '@paikea/database'

import type { ActResult } from '../contract.ts'
import type { DeliveryDeps } from '../deps.ts'
import { actOnMessages, announceActed } from '../plan/act-on-messages.ts'
import { createGroup } from './group.ts'
import type { AttemptRecord } from './outcome.ts'
import { guardAirtime, type AirtimeStop } from '../airtime/guard.ts'
import type { AirtimeWatch } from '../airtime/watch.ts'
import { findTarget } from '../targets/registry.ts'
import { probePauseMs, spreadMs } from './backoff.ts'
import { decideTurn, type TurnDecision, type Wish } from './turn.ts'
import type { Turns } from './turns.ts'

/** Maximum number of items that share a transaction. */
const MAX_GROUP = 64

/** The purpose of looking at a delivery. */
export interface DeliverInput {
  readonly outboundId: number
  readonly wish: Wish
}

/** A delivery as it was read, with the decision made about it. */
export interface Turn {
  readonly row: OutboundTurn
  readonly decision: TurnDecision
}

/** Writes on behalf of all activities in this process: concurrent calls share a transaction. */
export interface Desk {
  actOnMessage(messageId: number): Promise<ActResult>
  /** Decides what to do with a delivery and records it; `null` = there is no such delivery. */
  takeTurn(input: DeliverInput): Promise<Turn | null>
  /** Records how an attempt ended. */
  writeEnd(record: AttemptRecord): Promise<void>
}

type Work =
  | { readonly kind: 'act'; readonly messageId: number }
  | { readonly kind: 'take'; readonly input: DeliverInput }
  | { readonly kind: 'end'; readonly record: AttemptRecord }

type Done =
  | { readonly kind: 'act'; readonly result: ActResult; readonly announced: Promise<void> }
  | { readonly kind: 'take'; readonly turn: Turn | null }
  | { readonly kind: 'end' }

/** Builds the desk. */
export function createDesk(deps: DeliveryDeps, passing: Turns, watch: AirtimeWatch): Desk {
  const { db } = deps
  const work = createGroup<Work, Done>({
    maxSize: MAX_GROUP,
    isForAll: isUnavailable,
    async run(items) {
      const messageIds = items.flatMap((item) => (item.kind === 'act' ? [item.messageId] : []))
      const inputs = items.flatMap((item) => (item.kind === 'take' ? [item.input] : []))
      const records = items.flatMap((item) => (item.kind === 'end' ? [item.record] : []))
      const { acted, taken } = await db.write(async (tx) => {
        // Ends come first: they may free the turns taken below.
        await recordAttempts(db, { ends: records.map(toEnd) }, tx)
        await refundAirtime(db, { attempts: records.filter(isUnpaid) }, tx)
        await noteEndpoints(db, { notes: records.flatMap(toNotes) }, tx)
        for (const park of toParks(records)) await parkVendorAccount(db, park, tx)
        return {
          acted: messageIds.length === 0 ? null : await actOnMessages(deps, messageIds, tx),
          taken: inputs.length === 0 ? NONE_TAKEN : await takeTurns(deps, inputs, tx),
        }
      })
      watch.spent(taken.spends)
      for (const { stop, groupId } of taken.stops) watch.stopped(stop, groupId)
      // The next group does not wait for these announcements.
      const announced = acted === null ? Promise.resolve() : announceActed(deps, passing, acted)
      const results = [...(acted?.results ?? [])]
      const turns = [...taken.turns]
      return items.map((item): Done => {
        if (item.kind === 'end') return { kind: 'end' }
        if (item.kind === 'take') return { kind: 'take', turn: turns.shift() ?? null }
        const missing = {
          messageId: item.messageId,
          state: 'missing',
          deliveries: [],
          direct: [],
          skipped: [],
        } as const
        return { kind: 'act', result: results.shift() ?? missing, announced }
      })
    },
  })
  return {
    async actOnMessage(messageId) {
      const done = await work({ kind: 'act', messageId })
      if (done.kind !== 'act') throw new Error('the batch answered for a different item')
      await done.announced
      const { state, deliveries, skipped } = done.result
      deps.log.info('message.acted', { messageId, state, deliveries, skipped: skipped.length })
      return done.result
    },
    async takeTurn(input) {
      const done = await work({ kind: 'take', input })
      return done.kind === 'take' ? done.turn : null
    },
    async writeEnd(record) {
      await work({ kind: 'end', record })
    },
  }
}

/** Decisions and the credits they spend. */
interface Taken {
  readonly turns: readonly (Turn | null)[]
  readonly spends: readonly AirtimeSpend[]
  readonly stops: readonly { readonly stop: AirtimeStop; readonly groupId: number | null }[]
}
const NONE_TAKEN: Taken = { turns: [], spends: [], stops: [] }

async function takeTurns(deps: DeliveryDeps, inputs: readonly DeliverInput[], tx: Transaction): Promise<Taken> {
  const { db, heart = null } = deps
  const now = deps.now?.() ?? new Date()
  const outboundIds = inputs.map((input) => input.outboundId)
  const found = await loadTurns(db, { outboundIds }, tx)
  const resumed = await resumeAccounts(db, inputs, found, tx)
  const rows = new Map(found.map((row) => [row.outboundId, row]))
  const looks = inputs.map(({ outboundId, wish }) => {
    const row = rows.get(outboundId)
    if (row === undefined) return null
    const target = findTarget(row.targetKind)
    const mayRepeatUnknown = target?.mayRepeatUnknown ?? false
    const account = resumed.has(row.targetKind) ? null : row.account
    const holderIsGone = row.holderIsGone && heart?.isSteady() === true
    return { row, target, decision: decideTurn({ ...row, account, mayRepeatUnknown, holderIsGone }, wish, now) }
  })
  const paid = looks.flatMap((look) =>
    look !== null && look.row.credits > 0 && (look.decision.do === 'send' || look.decision.do === 'wait')
      ? [{ row: look.row, isSent: look.decision.do === 'send' }]
      : [],
  )
  const stops = await guardAirtime(db, paid, now, tx)
  const attempts = new Map<number, number>()
  const repeated: number[] = []
  const waiting: number[] = []
  const held: { readonly outboundId: number; readonly lane: DeliveryLane }[] = []
  const turns: (Turn | null)[] = []
  for (const look of looks) {
    if (look === null) {
      turns.push(null)
      continue
    }
    const { row, target } = look
    const { outboundId } = row
    const stop = stops.get(outboundId)
    const decision: TurnDecision = stop === undefined ? look.decision : { do: 'stop', reasonCode: stop.reasonCode }
    turns.push({ row, decision })
    if (decision.do === 'send') {
      // The same delivery twice in a group: the second must see the first one's attempt.
      if (attempts.has(outboundId)) throw new Error(`delivery ${outboundId} is in the same batch twice`)
      attempts.set(outboundId, decision.attempt)
      if (decision.isRepeat) repeated.push(outboundId)
    }
    if (decision.do === 'hold') {
      const lane = target?.triedBy === 'message' ? 'direct' : 'held'
      if (row.lane !== lane || row.state !== 'queued') held.push({ outboundId, lane })
    }
    if (decision.do === 'wait') waiting.push(outboundId)
    if (decision.do === 'finish') await finishOutbound(db, { ...decision, outboundId, at: now }, tx)
  }
  await beginAttempts(
    db,
    {
      attempts: [...attempts].map(([outboundId, number]) => ({ outboundId, number })),
      repeated,
      at: now,
      processId: heart?.id ?? null,
    },
    tx,
  )
  const spends = paid.flatMap(({ row }) => {
    const attempt = attempts.get(row.outboundId)
    return attempt === undefined ? [] : [{ ...row, attempt, deviceId: row.spenderId }]
  })
  await spendAirtime(db, { spends, at: now }, tx)
  await stopDeliveries(db, { rows: [...stops.values()] }, tx)
  await markWaiting(db, { outboundIds: waiting }, tx)
  await markHeld(db, { rows: held }, tx)
  const told = [...stops.values()].map((stop) => ({ stop, groupId: rows.get(stop.outboundId)?.groupId ?? null }))
  return { turns, spends, stops: told }
}

/** It failed, so it cost nothing. A send that may have arrived counts as unknown. */
function isUnpaid({ outcome }: AttemptRecord): boolean {
  return outcome !== 'sent' && outcome !== 'unknown'
}

/** Resuming a delivery implies that its account works again. */
async function resumeAccounts(
  db: Database,
  inputs: readonly DeliverInput[],
  rows: readonly OutboundTurn[],
  tx: Transaction,
): Promise<ReadonlySet<string>> {
  const ids = new Set(inputs.flatMap(({ outboundId, wish }) => (wish === 'resume' ? [outboundId] : [])))
  const kinds = new Set(
    rows.flatMap((row) => (ids.has(row.outboundId) && row.account?.state === 'parked' ? [row.targetKind] : [])),
  )
  for (const kind of kinds) await accountHalts.resume(db, kind, tx)
  return kinds
}

/** One entry per account, with its first reason. */
function toParks(records: readonly AttemptRecord[]) {
  const parks = new Map<string, Parameters<typeof parkVendorAccount>[1]>()
  for (const { account = null, finishedAtMs } of records) {
    if (account === null || parks.has(account.kind)) continue
    parks.set(account.kind, { ...account, probeAt: new Date(finishedAtMs + spreadMs(probePauseMs(0))) })
  }
  return parks.values()
}

function toEnd(record: AttemptRecord): AttemptEnd {
  const { status = null, latencyMs = null, answer = null, next = null } = record
  return {
    ...record,
    status,
    latencyMs,
    answer,
    finishedAt: new Date(record.finishedAtMs),
    retryAt: next === null || next.retryAtMs === null ? null : new Date(next.retryAtMs),
    lane: next?.lane ?? null,
  }
}

function toNotes({ endpoint = null, finishedAtMs }: AttemptRecord): EndpointNote[] {
  if (endpoint === null) return []
  const { endpointId, isFailing, pause } = endpoint
  const at = new Date(finishedAtMs)
  const probeAt = pause?.probes === true ? new Date(finishedAtMs + probePauseMs(0)) : null
  return [{ endpointId, isFailing, at, pause: pause === null ? null : { ...pause, probeAt } }]
}
