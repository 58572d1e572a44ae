import type { DeviceView } from '@paikea/api/contract'
import { formatFixAge } from '../format/age.ts'

/** The fleet as points for the map: everything that decides colour and words is a plain text or number. */
export function fleetFeatures(devices: readonly DeviceView[], now: number) {
  return {
    type: 'FeatureCollection' as const,
    features: devices.flatMap(({ iam, label, health, lastFix }) =>
      lastFix === null
        ? []
        : [
            {
              type: 'Feature' as const,
              geometry: { type: 'Point' as const, coordinates: [lastFix.longitude, lastFix.latitude] },
              properties: {
                iam,
                health,
                title: label ?? iam,
                age: formatFixAge(now - Date.parse(lastFix.at)),
                hours: (now - Date.parse(lastFix.at)) / 3_600_000,
              },
            },
          ],
    ),
  }
}
