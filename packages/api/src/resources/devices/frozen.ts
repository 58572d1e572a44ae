import type { DeviceRow } from '@paikea/database'

/**
 * Since when the last fix has been repeated. `null` if what is repeated is another one, too old or not believed: then the place that is
 * shown does not stand still.
 */
export function positionFrozenSince(state: DeviceRow['state']): Date | null {
  const { frozenSince = null, lastFixAt = null } = state ?? {}
  return frozenSince !== null && frozenSince.getTime() === lastFixAt?.getTime() ? frozenSince : null
}
