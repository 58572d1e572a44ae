/** For tests and benchmarks: a sea with a buoy routed to a handset, and a vendor whose answers can be chosen. */
export { buildRoutedPair, spreadDeliveryIds, storePositions } from '@paikea/delivery/testing'
export type { RoutedPair } from '@paikea/delivery/testing'
