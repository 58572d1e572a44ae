import type { Clock } from '../clock/clock.ts'
import type { DeviceSpec } from '../devices/device-spec.ts'
import type { Gateway, SatelliteSession, SessionResult } from '../devices/gateway.ts'
import type { JournalRecord, MtRecord, WebhookRecord } from '../journal/records.ts'
import type { World } from '../journal/world.ts'
import { webhookFields } from './webhook-fields.ts'

/** Capacity of a modem's MT queue at the gateway. */
export const MOST_QUEUED_MT = 50
/** After this long the gateway discards a modem's whole queue, including newer messages. */
export const PURGE_AFTER_MS = 5 * 86_400_000
const NUMBERS_IN_CIRCLE = 65_536

/** A session of a modem that is not on the account. */
export class UnknownModemError extends Error {
  override readonly name = 'UnknownModemError'
}

/** Modifications to a webhook, for tests only. */
export interface SessionOverrides {
  readonly momsn?: number | undefined
  /** Merged over the webhook's fields; `null` removes a field. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined
}

/** A session as the vendor recorded it. */
export interface RecordedSession extends SessionResult {
  readonly webhookId: number
  /** As reported in the webhook. */
  readonly transmitAtMs: number
  /** Resolves once session and webhook are on disk. */
  readonly recorded: Promise<void>
}

/** A message that a sending service accepted. */
export interface AcceptedMt {
  readonly id: string
  readonly service: MtRecord['service']
  readonly imei: string | null
  readonly serial: number | null
  readonly data: Uint8Array
  readonly flush: boolean
}

/** The gateway and the vendor's records: modems, their counters, their MT queues and the pending webhooks. */
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
    /** Called when a message has been queued for a modem. */
    readonly onQueued: (imei: string) => void
  }) {
    this.#clock = options.clock
    this.#world = options.world
    this.#onWebhook = options.onWebhook
    this.#onQueued = options.onQueued
  }

  /** One session of a modem: sends a message up, fetches the oldest waiting MT, creates a webhook. */
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
    // If nobody awaits it, a full disk must not crash the process: the world reports that itself.
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

  /** Accepts a message for a modem; resolves once it is on disk and the vendor may confirm it. */
  async accept(accepted: AcceptedMt): Promise<void> {
    const { imei, serial, service } = accepted
    const atMs = this.#clock.now()
    const records: JournalRecord[] = imei === null ? [] : this.#overdue(imei, atMs)
    const waiting = imei === null || records.length > 0 ? [] : this.#world.state.queueOf(imei)
    if (accepted.flush) records.push(...waiting.map((mt) => ended(mt, 'flushed', atMs)))
    // The gateway discards what exceeds its queue; the vendor has already answered OK by then.
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

  /** Creates a webhook that reports no session: a receipt for a text that was read on a tracker. */
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

  /** All messages sent to a modem (or to a tracker's serial number), in order. */
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
