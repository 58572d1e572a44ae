import type { DeviceView } from '@paikea/api/contract'
import { stateWords } from '../device/state-words.ts'
import { fixOldWords } from '../format/age.ts'
import type { Translate } from '../i18n/translate.ts'
import type { AlertsOf } from '../shell/open-alerts.ts'

/** The fleet as points for the map: everything that decides colour and words is a plain text or number. */
export function fleetFeatures(
  devices: readonly DeviceView[],
  now: number,
  about: { readonly t: Translate; readonly alertsOf: AlertsOf },
) {
  const { t, alertsOf } = about
  return {
    type: 'FeatureCollection' as const,
    features: devices.flatMap((device) => {
      const { iam, label, health, lastFix } = device
      if (lastFix === null) return []
      const [healthWord = '', ...doubts] = stateWords(device, alertsOf(iam))
      const remarkable = health === 'ok' ? doubts : [healthWord, ...doubts]
      const age = now - Date.parse(lastFix.at)
      return [
        {
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
        },
      ]
    }),
  }
}
