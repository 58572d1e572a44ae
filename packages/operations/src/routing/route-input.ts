import type { DeviceKind } from '@paikea/domain'

/** From whom: one device by name, or all of a kind in the group. */
export interface RouteSource {
  readonly kind: DeviceKind | 'any'
  readonly iam?: string | null | undefined
}

/** To whom: an endpoint by its id, or a kind with its address where that names one well enough. */
export interface RouteTarget {
  /** `endpoint` goes with `endpointId`. */
  readonly kind: string
  readonly [field: string]: unknown
}

/** A route as a caller writes it. */
export interface RouteInput {
  readonly source: RouteSource
  readonly messageType: string
  readonly target: RouteTarget
  readonly enabled: boolean
  /** Goes with the device where one is named; may be left out by who has one group only. */
  readonly groupId?: number | undefined
}
