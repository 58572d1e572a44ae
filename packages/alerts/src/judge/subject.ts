import type { DeviceRow } from '@paikea/database'
import type { DeviceKnowledge } from '@paikea/schedule'
import type { Shore } from './coast.ts'

/** A device as the rules see it. */
export interface Subject {
  readonly device: Pick<DeviceRow, 'id' | 'iam' | 'kind' | 'label' | 'group' | 'state' | 'lastSeenAt'>
  /** What is known of its schedule. */
  readonly knowledge: DeviceKnowledge
  /** Time of the newest position, if that position was not trusted. */
  readonly suspectAt: Date | null
  /** False if it has deployments and none is under way: it is on the bench or on the truck. */
  readonly isAtSea: boolean
  /** Its position's relation to land; `null` if unknown. */
  readonly shore: Shore | null
}

/** Its name for users: `PK901 (Tevake)`. */
export function nameOf({ iam, label }: Pick<Subject['device'], 'iam' | 'label'>): string {
  return label === null ? iam : `${iam} (${label})`
}
