import type { DeviceRow } from '@paikea/database'
import type { Coast, Shore } from '../judge/coast.ts'
import { loadCoast } from './load-coast.ts'

/** Rules look no farther. */
const LOOK_METRES = 20_000
/** Devices whose answers are kept; beyond it all are worked out anew. */
const FORGET_AFTER = 50_000

/** Where devices lie to the land, worked out once for each position. */
export interface Shores {
  of(device: Pick<DeviceRow, 'id' | 'kind' | 'state'>): Promise<Shore | null>
}

/** Builds it. The map of the land is read when the first position is looked at. */
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
