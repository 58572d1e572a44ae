import {
  type Availability,
  createAvailability,
  type Database,
  isUnavailable,
  type NewInbound,
  storeBatch,
  type StoredMessage,
  type StoreOutcome,
} from '@paikea/database'
import { NO_TRACES, type Traces } from '@paikea/domain'
import { decode as decodePacket } from '@paikea/packets'

import { admit, type Admission } from './admission.ts'
import { type AcceptResult, type AdmitResult, type Delivery, type Envelope, NotDurableError } from './delivery.ts'
import { fromEnvelope, toEnvelope } from './envelope.ts'
import { findModemOf, namesModem } from './find-modem.ts'
import { createGroupCommit } from './group-commit.ts'
import { createIntakeTraces } from './intake-traces.ts'
import { readDelivery, type ReadDelivery } from './read-delivery.ts'
import type { Decode } from './read-packet.ts'
import { toInbound } from './to-inbound.ts'

/** Receives events that an operator may want to see. */
export interface IntakeLog {
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void
}

/** What the intake depends on. */
export interface IntakeDeps {
  readonly db: Database
  /** @default `decode` of @paikea/packets */
  readonly decode?: Decode
  /** PEM of the key that signs the vendor's tokens. @default the vendor's */
  readonly publicKey?: string
  /** Called for each new message, after the commit and before `accept` resolves. Its errors are logged. */
  readonly onStored?: (message: StoredMessage) => void
  /** @default 256 */
  readonly maxBatch?: number
  /**
   * A database that has not written within this time counts as unavailable: the vendor waits 3 s in all. @default 1500
   */
  readonly writeTimeoutMs?: number
  /** The shared state of the database; while it is down, nothing is stored. @default a new one */
  readonly availability?: Availability
  readonly log?: IntakeLog
  /** @default none are kept */
  readonly traces?: Traces
}

/** Counters since start, and the present state. */
export interface IntakeStats {
  readonly accepted: number
  readonly quarantined: number
  readonly duplicates: number
  readonly refused: number
  /** Attempts that stored nothing; the vendor, or one of our workflows, tries the same message again. */
  readonly notDurable: number
  readonly batches: number
  readonly largestBatch: number
  readonly queued: number
  readonly isDatabaseDown: boolean
}

/** The single entry point for the vendor's messages, however they arrive. */
export interface Intake {
  /** Parses, checks and stores a delivery; every result except `refused` is durable. @throws {NotDurableError} */
  accept(delivery: Delivery): Promise<AcceptResult>
  /** Parses and checks a delivery without storing it, for while the database is unavailable. */
  admit(delivery: Delivery): Promise<AdmitResult>
  /** Stores a delivery that was admitted before. @throws {NotDurableError} */
  acceptEnvelope(envelope: Envelope): Promise<AcceptResult>
  /** Resolves when nothing is being written. */
  idle(): Promise<void>
  stats(): IntakeStats
}

const MAX_BATCH_BYTES = 2_000_000
/**
 * A batch takes three round trips to the database, which cost both sides as much as some ten messages: smaller
 * concurrent batches gain nothing.
 */
const OVERLAP_FROM = 16
/** A failure this fast was not a time-out: there is time for a second attempt. */
const RETRY_IF_FAILED_WITHIN_MS = 200

export function createIntake(deps: IntakeDeps): Intake {
  const { db, decode = decodePacket, publicKey, onStored, log, maxBatch = 256, writeTimeoutMs = 1500 } = deps
  const traces = createIntakeTraces(deps.traces ?? NO_TRACES)
  const counts = { accepted: 0, quarantined: 0, duplicates: 0, refused: 0, notDurable: 0 }
  const { availability = createAvailability(db) } = deps
  availability.subscribe(({ isUp, reason }) =>
    isUp ? log?.warn('intake.database-back') : log?.warn('intake.database-down', { reason }),
  )
  const commit = createGroupCommit<NewInbound, StoreOutcome>({
    write: (items) => traces.storing(items, () => storeBatchOrAgain(db, items)),
    maxBatch,
    maxBatchBytes: MAX_BATCH_BYTES,
    bytesOf: ({ rawBody }) => rawBody.length,
    // A modem's messages are stored in order of arrival.
    orderKeyOf: ({ imei }) => imei,
    // SQLite has one writer.
    maxInFlight: db.dialect === 'sqlite' ? 1 : 2,
    overlapFrom: OVERLAP_FROM,
    writeTimeoutMs,
    giveUp: (cause) => new NotDurableError('the message could not be stored', { cause }),
    onFailure(cause) {
      log?.warn('intake.batch-not-stored', { error: describe(cause) })
      availability.failed(cause)
      commit.flushQueue(cause)
    },
    onLateOutcomes(outcomes) {
      availability.written()
      outcomes.forEach(tellStored)
    },
  })

  function tellStored(outcome: StoreOutcome): void {
    if (outcome.status !== 'stored' || onStored === undefined) return
    try {
      onStored(outcome.stored)
    } catch (error) {
      log?.warn('intake.listener-failed', { messageId: outcome.stored.messageId, error: describe(error) })
    }
  }

  async function store(
    read: ReadDelivery,
    admission: Admission & { ok: true },
    isHandOver = false,
  ): Promise<AcceptResult> {
    if (!availability.state.isUp) throw new NotDurableError('the database is unreachable')
    const { key } = read
    const known = namesModem(read) ? read : await findModemOf(db, read)
    const item = toInbound(known, admission, { decode, isReleased: false })
    const outcome = await commit.submit(isHandOver ? { ...item, isHandOver } : item)
    if (outcome.status === 'failed') {
      log?.warn('intake.message-not-storable', { key, error: describe(outcome.error) })
      throw new NotDurableError('the database does not accept this message', { cause: outcome.error })
    }
    if (outcome.status === 'duplicate') {
      counts.duplicates += 1
      return { status: 'duplicate', messageId: outcome.messageId, key }
    }
    const { stored } = outcome
    counts[stored.state] += 1
    tellStored(outcome)
    return { status: 'accepted', messageId: stored.messageId, key, state: stored.state, stored }
  }

  async function counted(work: Promise<AcceptResult>): Promise<AcceptResult> {
    try {
      return await work
    } catch (error) {
      counts.notDurable += 1
      throw error instanceof NotDurableError
        ? error
        : new NotDurableError('the message was not stored', { cause: error })
    }
  }

  async function readAndStore(delivery: Delivery): Promise<AcceptResult> {
    const read = await readDelivery(delivery)
    const admission = await admit(read, publicKey)
    if (admission.ok) return store(read, admission)
    counts.refused += 1
    const { status, reason, detail } = admission
    return { status, reason, detail }
  }

  return {
    accept: (delivery) => traces.accepting(() => counted(readAndStore(delivery))),
    async admit(delivery) {
      const read = await readDelivery(delivery)
      const admission = await admit(read, publicKey)
      return admission.ok ? { ok: true, envelope: toEnvelope(delivery, admission), key: read.key } : admission
    },
    acceptEnvelope: (envelope) =>
      traces.accepting(() =>
        counted(
          (async () => {
            const { admittedBy, verificationNote } = envelope
            const read = await readDelivery(fromEnvelope(envelope))
            return store(read, { ok: true, admittedBy, verificationNote: verificationNote ?? null }, true)
          })(),
        ),
      ),
    idle: () => commit.idle(),
    stats: () => ({
      ...counts,
      batches: commit.batches,
      largestBatch: commit.largestBatch,
      queued: commit.queued,
      isDatabaseDown: !availability.state.isUp,
    }),
  }
}

/** The first batch discovers a connection that died while idle: it is retried once, on another connection. */
async function storeBatchOrAgain(db: Database, items: readonly NewInbound[]): Promise<StoreOutcome[]> {
  const startedAt = performance.now()
  try {
    return await storeBatch(db, items)
  } catch (error) {
    if (!isUnavailable(error) || performance.now() - startedAt > RETRY_IF_FAILED_WITHIN_MS) throw error
    return storeBatch(db, items)
  }
}

/**
 * Drivers' messages name hosts and statements, never passwords; everything but the message is dropped, including
 * values.
 */
function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : 'unknown'
}
