import type { DeviceView } from '@paikea/api/contract'
import { stateWords } from '../device/state-words.ts'
import { fixOldWords } from '../format/age.ts'
import type { Translate } from '../i18n/translate.ts'
import type { AlertsOf } from '../shell/open-alerts.ts'

/** What the words beside a device are made of, besides the device. */
export interface FleetWords {
  readonly t: Translate
  readonly alertsOf: AlertsOf
  /** To which ages are told, in milliseconds. */
  readonly now: number
}

/** What to change on the map: all of it, or only some devices. */
export type FleetChange =
  | { readonly all: { readonly type: 'FeatureCollection'; readonly features: DeviceFeature[] } }
  | { readonly add: DeviceFeature[]; readonly remove: string[] }

/** A device as a point; everything that decides its colour and words is plain text or a number. */
export type DeviceFeature = NonNullable<ReturnType<typeof deviceFeature>>

export interface FleetDrawing {
  /** @returns `null` where the map shows it all already */
  change(devices: readonly DeviceView[], wanted: FleetWords): FleetChange | null
}

/** Keeps what is on the map, so that a moved device costs that device and not the fleet. */
export function createFleetDrawing(): FleetDrawing {
  let words: FleetWords | null = null
  let drawn = new Map<string, DeviceView>()
  return {
    change(devices, wanted) {
      const before = drawn
      drawn = new Map(devices.map((device) => [device.iam, device]))
      const isSame = words?.t === wanted.t && words.alertsOf === wanted.alertsOf && words.now === wanted.now
      words = wanted
      if (!isSame) return { all: { type: 'FeatureCollection', features: featuresOf(devices, wanted) } }
      const changed = devices.filter((device) => before.get(device.iam) !== device)
      const remove = [
        ...[...before.keys()].filter((iam) => !drawn.has(iam)),
        ...changed.filter(({ iam, lastFix }) => lastFix === null && before.has(iam)).map(({ iam }) => iam),
      ]
      return changed.length + remove.length === 0 ? null : { add: featuresOf(changed, wanted), remove }
    },
  }
}

function featuresOf(devices: readonly DeviceView[], words: FleetWords): DeviceFeature[] {
  return devices.map((device) => deviceFeature(device, words)).filter((feature) => feature !== null)
}

function deviceFeature(device: DeviceView, { t, alertsOf, now }: FleetWords) {
  const { iam, label, health, lastFix } = device
  if (lastFix === null) return null
  const [healthWord = '', ...doubts] = stateWords(device, alertsOf(iam))
  const remarkable = health === 'ok' ? doubts : [healthWord, ...doubts]
  const age = now - Date.parse(lastFix.at)
  return {
    type: 'Feature' as const,
    geometry: { type: 'Point' as const, coordinates: [lastFix.longitude, lastFix.latitude] },
    properties: {
      iam,
      health,
      title: label ?? iam,
      words: [fixOldWords(age, t), ...remarkable.map((word) => t(word))].join('\n'),
      isDoubtful: doubts.length > 0,
      hours: age / 3_600_000,
    },
  }
}
