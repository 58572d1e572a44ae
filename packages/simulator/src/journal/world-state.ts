import type { DeviceSpec } from '../devices/device-spec.ts'
import type { DeviceSnapshot } from '../devices/device.ts'
import { type JournalRecord, journalRecordSchema, type MtRecord, type WebhookRecord } from './records.ts'

/** A modem's counters: the numbers for its next session and its next MT. */
export interface ModemCounters {
  readonly nextMomsn: number
  readonly nextMtmsn: number
}

// Messages delivered long ago are irrelevant; they would only make the journal grow.
const MOST_ENDED_MT_PER_MODEM = 1000

/** All durable state: the result of the journal's records, and changed only by records. */
export class WorldState {
  readonly devices = new Map<string, DeviceSpec>()
  readonly snapshots = new Map<string, DeviceSnapshot>()
  readonly counters = new Map<string, ModemCounters>()
  /** In the order in which they were sent. */
  readonly mts = new Map<string, MtRecord>()
  readonly webhooks = new Map<number, WebhookRecord>()
  /** Messages waiting for each modem, oldest first. */
  readonly #queues = new Map<string, Map<string, MtRecord>>()
  nextMtId = 1_000_001
  nextWebhookId = 1
  /** The latest simulated time in any record. */
  latestMs = 0

  /**
   * Applies a line of the journal.
   * @throws ZodError if it is not one of our records
   */
  replay(line: unknown): void {
    this.apply(journalRecordSchema.parse(line))
  }

  /** Applies a record. */
  apply(record: JournalRecord): void {
    switch (record.type) {
      case 'clock':
        return this.#seen(record.atMs)
      case 'device':
        this.devices.set(record.spec.imei, record.spec)
        return
      case 'device-removed':
        this.devices.delete(record.imei)
        this.snapshots.delete(record.imei)
        return
      case 'firmware':
        this.snapshots.set(record.imei, record.snapshot)
        return
      case 'session':
        this.counters.set(record.imei, { nextMomsn: record.nextMomsn, nextMtmsn: record.nextMtmsn })
        return this.#seen(record.atMs)
      case 'mt':
        this.mts.set(record.mt.id, record.mt)
        this.#queue(record.mt)
        this.nextMtId = Math.max(this.nextMtId, Number(record.mt.id) + 1)
        return this.#seen(record.mt.endedAtMs ?? record.mt.atMs)
      case 'webhook':
        this.webhooks.set(record.webhook.id, record.webhook)
        this.nextWebhookId = Math.max(this.nextWebhookId, record.webhook.id + 1)
        return
      case 'webhook-tried': {
        const webhook = this.webhooks.get(record.id)
        if (webhook !== undefined) {
          this.webhooks.set(record.id, { ...webhook, attempts: record.attempts, nextAtMs: record.nextAtMs })
        }
        return
      }
      case 'webhook-ended':
        this.webhooks.delete(record.id)
        return
      case 'numbers':
        this.nextMtId = Math.max(this.nextMtId, record.nextMtId)
        this.nextWebhookId = Math.max(this.nextWebhookId, record.nextWebhookId)
        return
    }
  }

  /** The messages waiting for a modem, oldest first. */
  queueOf(imei: string): MtRecord[] {
    return [...(this.#queues.get(imei)?.values() ?? [])]
  }

  /** The smallest set of records that leads to this state. */
  *records(): Generator<JournalRecord> {
    yield { type: 'numbers', nextMtId: this.nextMtId, nextWebhookId: this.nextWebhookId }
    yield { type: 'clock', atMs: this.latestMs }
    for (const spec of this.devices.values()) yield { type: 'device', spec }
    for (const [imei, snapshot] of this.snapshots) yield { type: 'firmware', imei, snapshot }
    for (const [imei, counters] of this.counters) yield { type: 'session', imei, ...counters, atMs: this.latestMs }
    const ended = new Map<string, number>()
    for (const mt of this.mts.values()) if (mt.state !== 'queued') count(ended, mt)
    for (const mt of this.mts.values()) {
      if (mt.state !== 'queued') {
        const left = ended.get(keyOf(mt)) ?? 0
        ended.set(keyOf(mt), left - 1)
        if (left > MOST_ENDED_MT_PER_MODEM) continue
      }
      yield { type: 'mt', mt }
    }
    for (const webhook of this.webhooks.values()) yield { type: 'webhook', webhook }
  }

  #queue(mt: MtRecord): void {
    if (mt.imei === null) return
    const queue = this.#queues.get(mt.imei) ?? new Map<string, MtRecord>()
    if (mt.state === 'queued') queue.set(mt.id, mt)
    else queue.delete(mt.id)
    this.#queues.set(mt.imei, queue)
  }

  #seen(atMs: number): void {
    this.latestMs = Math.max(this.latestMs, atMs)
  }
}

function count(counts: Map<string, number>, mt: MtRecord): void {
  counts.set(keyOf(mt), (counts.get(keyOf(mt)) ?? 0) + 1)
}

function keyOf(mt: MtRecord): string {
  return mt.imei ?? `serial ${mt.serial}`
}
