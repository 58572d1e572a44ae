import type { DeviceRow } from '@paikea/database'

/**
 * Since when the device has repeated its last fix. `null` if the repeated fix is not the shown one (too old, or not
 * trusted): then the shown position is not frozen.
 */
export function positionFrozenSince(state: DeviceRow['state']): Date | null {
  const { frozenSince = null, lastFixAt = null } = state ?? {}
  return frozenSince !== null && frozenSince.getTime() === lastFixAt?.getTime() ? frozenSince : null
}
