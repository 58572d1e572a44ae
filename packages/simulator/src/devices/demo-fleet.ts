import { conditionsSchema, type DeviceSpec, type WebhookStyle } from './device-spec.ts'
import { chanceAt, seedOf } from './random.ts'
import { openWater } from './track.ts'

/** A device of the demo fleet, with what the API needs to register it. */
export interface DemoDevice {
  readonly kind: 'buoy' | 'handset'
  readonly iam: string
  readonly imei: string
  readonly label: string
  readonly generation: 'v2' | 'v3'
}

/** Largest demo fleet. */
export const MOST_DEMO_BUOYS = 500

const names = ['Albatross', 'Barnacle', 'Cormorant', 'Dolphin', 'Eider', 'Fulmar', 'Gannet', 'Heron', 'Ibis', 'Jaeger']

/**
 * The demo fleet: `buoys` buoys, two v3 for each v2, and one handset; none at all for 0. Deterministic: the same number
 * always gives the same devices, and a larger fleet includes every smaller one.
 */
export function demoFleet(buoys: number): DemoDevice[] {
  if (buoys <= 0) return []
  const fleet: DemoDevice[] = Array.from({ length: Math.min(buoys, MOST_DEMO_BUOYS) }, (_, index) => ({
    kind: 'buoy',
    iam: `PK${String(901 + index).padStart(3, '0')}`,
    imei: imeiOf(index + 1),
    label: names[index] ?? `Drifter ${index + 1}`,
    generation: index % 3 === 1 ? 'v2' : 'v3',
  }))
  return [...fleet, { kind: 'handset', iam: 'HS901', imei: imeiOf(0), label: 'Handset in the skiff', generation: 'v2' }]
}

/** Devices of the vendor's other services, besides the demo fleet. */
export interface DemoExtras {
  /** A RockSTAR, reported by the Core Push API. */
  readonly rockstar: boolean
  /** One more buoy whose modem is registered with Cloudloop: a 9603 (`sbd`) or a 9704 (`imt`). */
  readonly cloudloop: 'sbd' | 'imt' | null
}

/** The simulator's specifications of the extra devices. */
export function extraSpecs({ rockstar, cloudloop }: DemoExtras): DeviceSpec[] {
  const tracker = { kind: 'rockstar', iam: 'RS901', imei: imeiOf(90_001), label: 'RockSTAR on the tender' } as const
  const buoy = { kind: 'buoy', iam: 'PK801', imei: imeiOf(90_002), label: 'Kittiwake' } as const
  return [
    ...(rockstar ? [specOf({ ...tracker, generation: 'v3' }, 'core-push')] : []),
    ...(cloudloop === null
      ? []
      : [specOf({ ...buoy, generation: 'v3' }, cloudloop === 'imt' ? 'cloudloop-imt' : 'cloudloop')]),
  ]
}

/** The simulator's specification of a demo fleet device. */
export function demoSpec(device: DemoDevice, options: { readonly signs: boolean }): DeviceSpec {
  // Together they cover each of the portal's delivery formats.
  const styles = options.signs ? (['json-jwt', 'form', 'json'] as const) : (['json', 'form'] as const)
  return specOf(device, styles[serialOf(device.imei) % styles.length] ?? 'json')
}

function specOf(
  device: Pick<DeviceSpec, 'kind' | 'generation' | 'imei' | 'iam' | 'label'>,
  webhook: WebhookStyle,
): DeviceSpec {
  const seed = seedOf(device.imei)
  const place = (low: number, high: number, chance: number): number => low + (high - low) * (0.2 + 0.6 * chance)
  return {
    imei: device.imei,
    kind: device.kind,
    generation: device.generation,
    serial: serialOf(device.imei),
    label: device.label,
    iam: device.iam,
    webhook,
    autonomous: true,
    demo: true,
    latitudeDegrees: place(openWater.south, openWater.north, chanceAt(seed, -20)),
    longitudeDegrees: place(openWater.west, openWater.east, chanceAt(seed, -21)),
    seed,
    conditions: conditionsSchema.parse({}),
  }
}

function serialOf(imei: string): number {
  return 200_000 + Number(imei.slice(-5))
}

function imeiOf(number: number): string {
  return `3004340610${String(number).padStart(5, '0')}`
}
