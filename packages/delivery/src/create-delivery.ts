import { loadOutboundForDispatch } from '@paikea/database'

import { lookAtRecovery } from './commands/recovery.ts'
import type { ActResult, AttemptRecord, DeliverStep, DirectResult, ProbeStep, RecoveryStep } from './contract.ts'
import type { DeliveryDeps } from './deps.ts'
import { createAirtimeWatch } from './airtime/watch.ts'
import { type AccountLook, createAccountProbe } from './send/probe-account.ts'
import { createProbe } from './send/probe-endpoint.ts'
import { createDeliver, type Deliver } from './send/deliver.ts'
import { createDesk, type DeliverInput } from './send/desk.ts'
import { createDirect } from './send/direct.ts'
import { createHandOver } from './send/hand-over.ts'
import { createTurnBoard } from './send/turn-board.ts'
import type { Turns } from './send/turns.ts'

/** Maximum number of deliveries that wait for their turn in this process; beyond it their workflows wait. */
const BOARD_CAPACITY = 24
const DEFAULT_LOCAL_TURN_WAIT_MS = 4_000
/** How long a message's own workflow waits for its deliveries to programs. */
const DEFAULT_DIRECT_WAIT_MS = 1_000

/** Plans and sends for one process. Every call is idempotent. */
export interface Delivery {
  /** Plans a message's deliveries and writes them, once. */
  actOnMessage(messageId: number): Promise<ActResult>
  /** Sends deliveries to programs concurrently; those not done within a second continue in the background. */
  tryPrograms(outboundIds: readonly number[]): Promise<DirectResult>
  /** Sends a delivery once it is its turn, for which it waits a moment. */
  tryNow(input: DeliverInput): Promise<DeliverStep>
  /** Sends a delivery if it is its turn. */
  look(input: DeliverInput): Promise<DeliverStep>
  /** Records the end of a send that could not be recorded at once. */
  recordOutcome(record: AttemptRecord): Promise<DeliverStep>
  /** Probes a paused endpoint, or sends the deliveries waiting behind one that has recovered. */
  probeEndpoint(endpointId: number, signal?: AbortSignal): Promise<ProbeStep>
  /** Probes a parked account, or resumes the deliveries waiting behind one that works again. */
  probeAccount(look: AccountLook): Promise<ProbeStep>
  /** Checks whether a recovery is over, and if so restores the buoy's interval. */
  lookAtRecovery(recoveryId: number): Promise<RecoveryStep>
  /** Resolves when no background work is in flight. */
  idle(): Promise<void>
}

/** Builds planning and sending from their dependencies. */
export function createDelivery(deps: DeliveryDeps): Delivery {
  const board = createTurnBoard(BOARD_CAPACITY)
  // They refer to each other: whoever finishes a delivery continues with the next, which may have no workflow.
  const direct = createDirect(deps, () => deliver)
  const turns: Turns = {
    wake({ outboundId, lane }) {
      if (lane === 'direct') direct.start(outboundId)
      else if (!board.wake(outboundId)) deps.wakeOutbound(outboundId)
    },
    wakeDevices: (deviceIds) => board.wakeDevices(deviceIds),
  }
  const watch = createAirtimeWatch(deps)
  const desk = createDesk(deps, turns, watch)
  const handOver = createHandOver(deps, (outboundId) => direct.letGo(outboundId))
  const deliver: Deliver = createDeliver({ deps, board, turns, desk, handOver })
  const probe = createProbe(deps, direct)
  const { localTurnWaitMs = DEFAULT_LOCAL_TURN_WAIT_MS, directWaitMs = DEFAULT_DIRECT_WAIT_MS } = deps
  return {
    actOnMessage: (messageId) => desk.actOnMessage(messageId),
    tryPrograms: (outboundIds) => direct.tryAll(outboundIds, directWaitMs),
    tryNow: (input) => deliver.run(input, localTurnWaitMs),
    look: (input) => deliver.run(input, 0),
    recordOutcome: (record) => deliver.record(record),
    probeEndpoint: probe,
    async lookAtRecovery(recoveryId) {
      const step = await lookAtRecovery(deps.db, recoveryId, deps.now?.() ?? new Date())
      if (step.step === 'done' && step.outboundId !== null) await announce(deps, step.outboundId)
      return step
    },
    probeAccount: createAccountProbe(deps, direct),
    async idle() {
      await direct.idle()
      await watch.idle()
    },
  }
}

/** If this fails, the dispatcher's sweep finds it. */
async function announce({ db, notifyOutbound, log }: DeliveryDeps, outboundId: number): Promise<void> {
  try {
    notifyOutbound(await loadOutboundForDispatch(db, { outboundIds: [outboundId] }))
  } catch (error) {
    log.warn('recovery.not-announced', { outboundId, error: String(error) })
  }
}
