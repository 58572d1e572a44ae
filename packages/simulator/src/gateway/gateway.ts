import type { Clock } from '../clock/clock.ts'
import type { DeviceSpec } from '../devices/device-spec.ts'
import type { Gateway, SatelliteSession, SessionResult } from '../devices/gateway.ts'
import type { JournalRecord, MtRecord, WebhookRecord } from '../journal/records.ts'
import type { World } from '../journal/world.ts'
import { webhookFields } from './webhook-fields.ts'

/** Most MT a modem's queue at the gateway holds. */
export const MOST_QUEUED_MT = 50
/** After so long the whole queue of a modem is thrown away, its newer messages, too. */
export const PURGE_AFTER_MS = 5 * 86_400_000
const NUMBERS_IN_CIRCLE = 65_536

/** A session of a modem that is not on the account. */
export class UnknownModemError extends Error {
  override readonly name = 'UnknownModemError'
}

/** Additions to a webhook that only a test wants. */
export interface SessionOverrides {
  readonly momsn?: number | undefined
  /** Laid over the webhook's fields; `null` leaves a field out. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined
}

/** What the vendor made of a session. */
export interface RecordedSession extends SessionResult {
  readonly webhookId: number
  /** As the webhook tells it. */
  readonly transmitAtMs: number
  /** Resolves when session and webhook are on disk. */
  readonly recorded: Promise<void>
}

/** A message a sending service took. */
export interface AcceptedMt {
  readonly id: string
  readonly service: MtRecord['service']
  readonly imei: string | null
  readonly serial: number | null
  readonly data: Uint8Array
  readonly flush: boolean
}

/** The gateway and the vendor's books: modems, their counters, their MT queues and the webhooks that are owed. */
export class Vendor implements Gateway {
  readonly #clock: Clock
  readonly #world: World
  readonly #onWebhook: (webhook: WebhookRecord) => void
  readonly #onQueued: (imei: string) => void

  constructor(options: {
    readonly clock: Clock
    readonly world: World
    /** Called with each webhook once it is on disk. */
    readonly onWebhook: (webhook: WebhookRecord) => void
    /** Called when a modem's queue has got a message. */
    readonly onQueued: (imei: string) => void
  }) {
    this.#clock = options.clock
    this.#world = options.world
    this.#onWebhook = options.onWebhook
    this.#onQueued = options.onQueued
  }

  /** One session of a modem: a message up, the oldest waiting MT down, a webhook owed. */
  exchange(session: SatelliteSession, overrides: SessionOverrides = {}): RecordedSession {
    const { state } = this.#world
    const spec = state.devices.get(session.imei)
    if (spec === undefined) throw new UnknownModemError(`no modem ${session.imei}`)
    const nowMs = this.#clock.now()
    const { nextMomsn, nextMtmsn } = state.counters.get(session.imei) ?? { nextMomsn: 0, nextMtmsn: 0 }
    const momsn = overrides.momsn ?? nextMomsn
    const purged = this.#overdue(session.imei, nowMs)
    const queue = purged.length > 0 ? [] : this.#world.state.queueOf(session.imei)
    const mt = session.fetchesMt === false ? undefined : queue[0]
    const transmitAtMs = session.transmitAtMs ?? this.#clock.stamp()
    const webhook = this.#webhookOf(spec, session, { momsn, nextMtmsn, transmitAtMs, nowMs }, overrides)
    const records: JournalRecord[] = [
      ...purged,
      {
        type: 'session',
        imei: session.imei,
        nextMomsn: (momsn + 1) % NUMBERS_IN_CIRCLE,
        nextMtmsn: mt === undefined ? nextMtmsn : (nextMtmsn + 1) % NUMBERS_IN_CIRCLE,
        atMs: nowMs,
      },
      { type: 'webhook', webhook },
    ]
    if (mt !== undefined) records.push({ type: 'mt', mt: { ...mt, state: 'delivered', endedAtMs: nowMs } })
    const recorded = this.#world.commit(...records).then(() => this.#onWebhook(webhook))
    // Whoever does not wait for it must not be killed by a full disk: the world reports that itself.
    recorded.catch(() => {})
    return {
      momsn,
      mt: mt === undefined ? null : Uint8Array.from(Buffer.from(mt.hex, 'hex')),
      waiting: queue.length - (mt === undefined ? 0 : 1),
      webhookId: webhook.id,
      transmitAtMs,
      recorded,
    }
  }

  /** Takes a message for a modem; resolves when it is on disk and the vendor may say so. */
  async accept(accepted: AcceptedMt): Promise<void> {
    const { imei, serial, service } = accepted
    const atMs = this.#clock.now()
    const records: JournalRecord[] = imei === null ? [] : this.#overdue(imei, atMs)
    const waiting = imei === null || records.length > 0 ? [] : this.#world.state.queueOf(imei)
    if (accepted.flush) records.push(...waiting.map((mt) => ended(mt, 'flushed', atMs)))
    // The gateway throws away what its queue does not hold; the vendor's OK was given before.
    const isFull = !accepted.flush && waiting.length >= MOST_QUEUED_MT
    const hex = Buffer.from(accepted.data).toString('hex')
    const mt: MtRecord = {
      id: accepted.id,
      imei,
      serial,
      service,
      hex,
      atMs,
      state: isFull ? 'purged' : 'queued',
      endedAtMs: isFull ? atMs : null,
      reason: isFull ? 'queue-full' : null,
    }
    await this.#world.commit(...records, { type: 'mt', mt })
    if (imei !== null && !isFull) this.#onQueued(imei)
  }

  /** A webhook that reports no session: a receipt for a text that was read on a tracker. */
  pushReceipt(spec: DeviceSpec, mt: MtRecord): void {
    const nowMs = this.#clock.now()
    const session = { spec, style: spec.webhook, momsn: 0, mtmsn: 0, payload: new Uint8Array(0), at: null }
    const number = this.#world.state.nextWebhookId
    const createdAtMs = this.#clock.stamp()
    const fields = webhookFields({ ...session, transmitAtMs: createdAtMs, nowMs, number })
    const webhook: WebhookRecord = {
      id: number,
      imei: spec.imei,
      style: spec.webhook,
      createdAtMs,
      attempts: 0,
      nextAtMs: nowMs,
      fields: { ...fields, trigger: 'ACKNOWLEDGE', message_ack: mt.id },
    }
    this.#world
      .commit({ type: 'webhook', webhook }, { type: 'mt', mt: { ...mt, state: 'delivered', endedAtMs: nowMs } })
      .then(() => this.#onWebhook(webhook))
      .catch(() => {})
  }

  /** All that was sent to a modem (or to a tracker's serial number), in order. */
  sentTo(target: { readonly imei: string } | { readonly serial: number } | null): MtRecord[] {
    const all = [...this.#world.state.mts.values()]
    if (target === null) return all
    if ('imei' in target) {
      const overdue = this.#overdue(target.imei, this.#clock.now())
      if (overdue.length > 0) this.#world.note(...overdue)
      return [...this.#world.state.mts.values()].filter((mt) => mt.imei === target.imei)
    }
    return all.filter((mt) => mt.serial === target.serial)
  }

  /** Records that empty a queue whose oldest message is five days old. */
  #overdue(imei: string, nowMs: number): JournalRecord[] {
    const queue = this.#world.state.queueOf(imei)
    const oldest = queue[0]
    if (oldest === undefined || nowMs - oldest.atMs < PURGE_AFTER_MS) return []
    return queue.map((mt) => ended(mt, 'too-old', nowMs))
  }

  #webhookOf(
    spec: DeviceSpec,
    session: SatelliteSession,
    numbers: { momsn: number; nextMtmsn: number; transmitAtMs: number; nowMs: number },
    overrides: SessionOverrides,
  ): WebhookRecord {
    const id = this.#world.state.nextWebhookId
    const { momsn, nextMtmsn: mtmsn, transmitAtMs, nowMs } = numbers
    const { payload, at, fix } = session
    const numbered = { momsn, mtmsn, number: id, transmitAtMs, nowMs }
    const fields = webhookFields({ spec, style: spec.webhook, ...numbered, payload, at, fix })
    for (const [name, value] of Object.entries(overrides.fields ?? {})) {
      if (value === null) delete fields[name]
      else fields[name] = value
    }
    const when = { createdAtMs: this.#clock.stamp(), attempts: 0, nextAtMs: nowMs }
    return { id, imei: spec.imei, style: spec.webhook, fields, ...when }
  }
}

function ended(mt: MtRecord, reason: NonNullable<MtRecord['reason']>, atMs: number): JournalRecord {
  return { type: 'mt', mt: { ...mt, state: 'purged', endedAtMs: atMs, reason } }
}
