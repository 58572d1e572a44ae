import type { DeviceRow } from '@paikea/database'
import type { Coast, Shore } from '../judge/coast.ts'
import { loadCoast } from './load-coast.ts'

/** No rule looks farther. */
const LOOK_METRES = 20_000
/** Devices whose results are cached; beyond this all are computed again. */
const FORGET_AFTER = 50_000

/** Devices' relation to land, computed once per position. */
export interface Shores {
  of(device: Pick<DeviceRow, 'id' | 'kind' | 'state'>): Promise<Shore | null>
}

/** Creates it. The map of the land is loaded with the first position. */
export function createShores(load: () => Promise<Coast> = loadCoast): Shores {
  let coast: Promise<Coast> | null = null
  const known = new Map<number, { readonly place: string; readonly shore: Shore }>()
  return {
    async of({ id, kind, state }) {
      const { latitude = null, longitude = null } = state ?? {}
      if (kind !== 'buoy' || latitude === null || longitude === null) return null
      const place = `${String(latitude)} ${String(longitude)}`
      const before = known.get(id)
      if (before?.place === place) return before.shore
      coast ??= load()
      const shore = (await coast).shoreOf({ latitudeDegrees: latitude, longitudeDegrees: longitude }, LOOK_METRES)
      if (known.size >= FORGET_AFTER) known.clear()
      known.set(id, { place, shore })
      return shore
    },
  }
}
