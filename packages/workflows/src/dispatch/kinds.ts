import {
  isInboundWaiting,
  listLostTurns,
  accountHalts,
  endpointHalts,
  hasGoneProcess,
  listOpenInbound,
  listOpenOutbound,
  listStartedInbound,
  listUndispatchedInbound,
  listUndispatchedOutbound,
  listUndispatchedRecoveries,
  releaseStopped,
  rescueDirect,
  rescueFromGone,
  type Database,
  type DispatchTable,
  type SweepArgs,
  type UndispatchedHalt,
  type UndispatchedInbound,
  type UndispatchedOutbound,
  type UndispatchedRecovery,
} from '@paikea/database'
import { findTarget } from '@paikea/delivery'

import {
  accountWorkflowId,
  endpointWorkflowId,
  inboundWorkflowId,
  outboundWorkflowId,
  recoveryWorkflowId,
} from '../contract/ids.ts'
import { signalNames } from '../contract/names.ts'
import type { Job } from './queue.ts'
import type { Bound } from './running.ts'
import type { WorkflowStarter } from './starter.ts'
import { accountStart, endpointStart, inboundStart, outboundStart, recoveryStart } from './starts.ts'

/** A workflow to start. */
export interface DispatchJob extends Job {
  readonly kind: DispatchTable
  /** Idempotent: tells an existing workflow apart. @throws StartError */
  start(starter: WorkflowStarter): Promise<'started' | 'already'>
}

/** A kind of workflow, one per row of a table: everything the dispatcher needs to know about it. */
export interface WorkflowKind<Row> {
  readonly name: DispatchTable
  readonly bound: Bound
  /**
   * If true, then while the database holds more than memory, a live row is taken only together with the older ones of
   * its chain.
   */
  readonly hasElders: boolean
  /** Rows without a workflow, oldest first; with `chains`, only those chains' rows. */
  list(db: Database, args: SweepArgs & { readonly chains?: readonly string[] }): Promise<readonly Row[]>
  jobOf(row: Row): DispatchJob
  /** Of the rows whose workflows were started, those that are still open. */
  listOpen(db: Database, ids: readonly number[]): Promise<readonly number[]>
  /** Rows whose workflows an earlier process started and that are still open: they count against the bound of the kind. */
  listStarted?(db: Database): Promise<readonly number[]>
  /** Whether no process has started the row's workflow since `startedBefore`. */
  isWaiting?(db: Database, args: { readonly id: number; readonly startedBefore: Date }): Promise<boolean>
  /** Rows whose workflow waits although nothing blocks it any more. */
  listLost?(db: Database, args: { readonly limit: number }): Promise<readonly number[]>
  /** Makes rows of a dead process eligible for workflows again. */
  rescue?(db: Database, args: { readonly limit: number }): Promise<readonly number[]>
  /** Wakes a workflow so that it looks again. @throws StartError */
  wake?(starter: WorkflowStarter, id: number): Promise<void>
}

/** Bounds on how many messages a process has under way that polls for their ends. */
const FEWEST_POLLED = 40
const MOST_POLLED = 200

/** Inbound messages to process: a device's messages keep their order. */
export const inboundKind: WorkflowKind<UndispatchedInbound> = {
  name: 'inbound',
  // Enough to occupy all processors, few enough that each finishes soon. A process that has to poll for ends learns of
  // them late and so starts more: five seconds' work, or deliveries would queue behind thousands of messages in Temporal
  // while workers are slow.
  bound: {
    by: 'kind',
    atMost: (load, { isTold, lately }) =>
      isTold ? (load === 'none' ? 16 : 2) : Math.min(Math.max(lately, FEWEST_POLLED), MOST_POLLED),
    askAfterMs: 1_000,
  },
  hasElders: true,
  list: (db, { chains, ...args }) =>
    listUndispatchedInbound(db, { ...args, ...(chains === undefined ? {} : { imeis: chains }) }),
  jobOf: ({ messageId, key, imei, iam }) => ({
    kind: 'inbound',
    key: `inbound/${messageId}`,
    id: messageId,
    chain: imei ?? key,
    order: messageId,
    start: (starter) => starter.start(inboundStart({ kind: 'stored', messageId, imei, iam }, inboundWorkflowId(key))),
  }),
  listOpen: listOpenInbound,
  listStarted: (db) => listStartedInbound(db, { limit: MOST_POLLED }),
  isWaiting: (db, { id, startedBefore }) => isInboundWaiting(db, { messageId: id, startedBefore }),
}

/** By then, whoever sends a delivery without a workflow is done or dead; longer than a send may stay in flight. */
const LEFT_MS = 20_000

/** How many deliveries per target have workflows at a time. */
const IN_FRONT = 4

/** Deliveries with their own workflow: a target's deliveries keep their order. */
export const outboundKind: WorkflowKind<UndispatchedOutbound> = {
  name: 'outbound',
  // One is sent, the next few wait beside it for their turn; more would each cost a signal and a second workflow task.
  bound: { by: 'chain', atMost: () => IN_FRONT, askAfterMs: 2_000 },
  hasElders: false,
  list: (db, args) => listUndispatchedOutbound(db, { ...args, inFront: IN_FRONT }),
  listOpen: listOpenOutbound,
  jobOf: ({ outboundId, subject, imei, iam, text, targetKind, targetLabel, targetKey, orderKey, cause }) => ({
    kind: 'outbound',
    key: `outbound/${outboundId}`,
    id: outboundId,
    chain: targetKey,
    order: orderKey,
    async start(starter) {
      const workflowId = outboundWorkflowId(outboundId)
      const isProgram = findTarget(targetKind)?.triedBy === 'message'
      const input = { outboundId, imei, iam, text, ...(isProgram ? { queue: 'programs' as const } : {}) }
      const target = targetLabel ?? targetKind
      const outcome = await starter.start(outboundStart(input, workflowId, { ...cause, target, subject }))
      // Announced while its workflow runs: the row was changed (resumed, cancelled), so wake the workflow.
      if (outcome === 'already') await starter.signal(workflowId, signalNames.yourTurn)
      return outcome
    },
  }),
  async listLost(db, args) {
    await releaseStopped(db, { dueBefore: new Date(), limit: args.limit })
    await rescueDirect(db, { ...args, before: new Date(Date.now() - LEFT_MS) })
    return listLostTurns(db, args)
  },
  rescue: async (db, args) => ((await hasGoneProcess(db)) ? rescueFromGone(db, args) : []),
  wake: (starter, id) => starter.signal(outboundWorkflowId(id), signalNames.yourTurn),
}

/** There are few of them: one per endpoint or buoy. */
const UNBOUNDED = {
  bound: { by: 'chain', atMost: () => Number.POSITIVE_INFINITY, askAfterMs: 1_000 },
  listOpen: () => Promise.resolve([]),
} as const

/** Endpoints that are paused or have a backlog. */
export const endpointKind: WorkflowKind<UndispatchedHalt> = {
  name: 'endpoint',
  ...UNBOUNDED,
  hasElders: false,
  list: (db, args) => endpointHalts.listUndispatched(db, args),
  jobOf: (endpoint) => ({
    kind: 'endpoint',
    key: `endpoint/${endpoint.id}`,
    id: endpoint.id,
    chain: `endpoint/${endpoint.id}`,
    order: endpoint.id,
    async start(starter) {
      const workflowId = endpointWorkflowId(endpoint.id)
      const outcome = await starter.start(endpointStart(endpoint, workflowId))
      // It was resumed or paused again while running.
      if (outcome === 'already') await starter.signal(workflowId, signalNames.yourTurn)
      return outcome
    },
  }),
}

/** Accounts that are parked or have a backlog. */
export const accountKind: WorkflowKind<UndispatchedHalt> = {
  name: 'account',
  ...UNBOUNDED,
  hasElders: false,
  list: (db, args) => accountHalts.listUndispatched(db, args),
  jobOf: (account) => ({
    kind: 'account',
    key: `account/${account.kind}`,
    id: account.id,
    chain: `account/${account.kind}`,
    order: account.id,
    async start(starter) {
      const workflowId = accountWorkflowId(account.kind)
      const outcome = await starter.start(accountStart(account, workflowId))
      // It was resumed or parked again while running.
      if (outcome === 'already') await starter.signal(workflowId, signalNames.yourTurn)
      return outcome
    },
  }),
}

/** Recoveries: periods during which a buoy reports often. */
export const recoveryKind: WorkflowKind<UndispatchedRecovery> = {
  name: 'recovery',
  ...UNBOUNDED,
  hasElders: false,
  list: (db, args) => listUndispatchedRecoveries(db, args),
  jobOf: (recovery) => ({
    kind: 'recovery',
    key: `recovery/${recovery.recoveryId}`,
    id: recovery.recoveryId,
    chain: `recovery/${recovery.recoveryId}`,
    order: recovery.recoveryId,
    start: (starter) => starter.start(recoveryStart(recovery, recoveryWorkflowId(recovery.recoveryId))),
  }),
}
