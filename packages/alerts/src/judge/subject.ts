import type { DeviceRow } from '@paikea/database'
import type { DeviceKnowledge } from '@paikea/schedule'
import type { Shore } from './coast.ts'

/** A device as the rules look at it. */
export interface Subject {
  readonly device: Pick<DeviceRow, 'id' | 'iam' | 'kind' | 'label' | 'group' | 'state' | 'lastSeenAt'>
  /** What the schedule knows of it. */
  readonly knowledge: DeviceKnowledge
  /** Time of the newest position, where that one was not believed. */
  readonly suspectAt: Date | null
  /** False where it has deployments and none of them is under way: on the bench or on the truck. */
  readonly isAtSea: boolean
  /** Where its position lies to the land; `null` if that is unknown. */
  readonly shore: Shore | null
}

/** How people know it: `PK901 (Tevake)`. */
export function nameOf({ iam, label }: Pick<Subject['device'], 'iam' | 'label'>): string {
  return label === null ? iam : `${iam} (${label})`
}
