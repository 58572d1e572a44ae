import type { Device } from '../devices/device.ts'
import type { MtRecord, WebhookRecord } from '../journal/records.ts'
import type { WorldState } from '../journal/world-state.ts'

/** A device as `/sim` returns it. */
export function presentDevice(device: Device, state: WorldState): Record<string, unknown> {
  const { spec } = device
  const view = device.view()
  const position = device.position()
  const { imei, kind, serial, iam, label, webhook, autonomous } = spec
  return {
    imei,
    kind,
    generation: kind === 'buoy' ? spec.generation : null,
    serial,
    iam,
    label,
    webhook,
    autonomous,
    phase: view?.phase ?? 'manual',
    intervalMinutes: view?.intervalMinutes ?? null,
    nextWakeAt: isoOrNull(view?.nextWakeAtMs ?? null),
    ...view?.details,
    latitude: Number(position.latitudeDegrees.toFixed(5)),
    longitude: Number(position.longitudeDegrees.toFixed(5)),
    sogKnots: Number(position.sogKnots.toFixed(2)),
    cogDegrees: Math.round(position.cogDegrees),
    nextMomsn: state.counters.get(imei)?.nextMomsn ?? 0,
    queuedMt: state.queueOf(imei).length,
    conditions: device.conditions,
  }
}

/** A message sent to a modem. */
export function presentMt(mt: MtRecord): Record<string, unknown> {
  return {
    id: mt.id,
    imei: mt.imei,
    serial: mt.serial,
    service: mt.service,
    text: Buffer.from(mt.hex, 'hex').toString('utf8'),
    hex: mt.hex,
    at: iso(mt.atMs),
    state: mt.state,
    endedAt: isoOrNull(mt.endedAtMs),
    reason: mt.reason,
  }
}

/** A pending webhook. */
export function presentWebhook(webhook: WebhookRecord): Record<string, unknown> {
  const { id, imei, style, attempts, fields } = webhook
  return {
    id,
    imei,
    style,
    attempts,
    createdAt: iso(webhook.createdAtMs),
    nextAttemptAt: iso(webhook.nextAtMs),
    fields,
  }
}

/** ISO 8601 with milliseconds. */
export function iso(atMs: number): string {
  return new Date(atMs).toISOString()
}

function isoOrNull(atMs: number | null): string | null {
  return atMs === null ? null : iso(atMs)
}
