/** Fixtures for tests and benchmarks: a buoy routed to a handset, and a vendor with scripted responses. */
export { buildRoutedPair, spreadDeliveryIds, storePositions } from '@paikea/delivery/testing'
export type { RoutedPair } from '@paikea/delivery/testing'
